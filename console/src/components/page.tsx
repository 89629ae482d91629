import { type ReactNode, useEffect, useRef } from 'react'
import { useMessages } from '../i18n/index.ts'
import './page.css'

interface PageProps {
  readonly title: string
  /** What stands beside the title: buttons, a count. */
  readonly beside?: ReactNode
  /** As wide as the window lets it be. */
  readonly wide?: boolean
  readonly children: ReactNode
}

/** The frame of every page: its title, which is the document's too and gets the focus when one comes here. */
export function Page({ title, beside, wide = false, children }: PageProps) {
  const { t } = useMessages()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} · ${t.product}`
  }, [title, t])
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  return (
    <div className={`page ${wide ? 'page-wide' : ''}`}>
      <header className="page-head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {beside && <div className="page-beside">{beside}</div>}
      </header>
      {children}
    </div>
  )
}
