import { type ReactNode, useId } from 'react'
import './panel.css'

/** A part of a page, with its heading. */
export function Panel(props: {
  readonly title: string
  readonly beside?: ReactNode
  readonly children: ReactNode
}) {
  const heading = useId()
  return (
    <section className="panel" aria-labelledby={heading}>
      <header className="panel-head">
        <h2 id={heading}>{props.title}</h2>
        {props.beside}
      </header>
      {props.children}
    </section>
  )
}
