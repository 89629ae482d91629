import type { ReactNode } from 'react'
import './empty.css'

/** Says that there is nothing, and what to do about it. The picture is two shores, and nothing between them yet. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="empty">
      <svg viewBox="0 0 160 48" aria-hidden="true" className="empty-picture">
        <path d="M4 44c18 0 20-14 32-18s16-18 24-22v40z" />
        <path d="M156 44c-18 0-20-10-30-16s-18-14-26-24v40z" />
        <path d="M66 26h28" className="empty-gap" />
      </svg>
      <h2>{title}</h2>
      {children && <div className="soft">{children}</div>}
    </div>
  )
}
