import type { ReactNode } from 'react'
import './warning.css'

/** What will stop working, said before it does. */
export function Warning({ children }: { readonly children: ReactNode }) {
  return <div className="warning">{children}</div>
}
