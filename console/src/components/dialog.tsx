import { type ReactNode, useEffect, useId, useRef } from 'react'
import { useMessages } from '../i18n/index.ts'
import { Button } from './button.tsx'
import './dialog.css'

interface DialogProps {
  readonly title: string
  readonly onClose: () => void
  readonly children: ReactNode
  /** Buttons at its foot. */
  readonly actions?: ReactNode
  readonly wide?: boolean
}

/** A dialog over the page, as long as it is drawn. Escape closes it, and focus goes back to where it was. */
export function Dialog({ title, onClose, children, actions, wide = false }: DialogProps) {
  const { t } = useMessages()
  const dialog = useRef<HTMLDialogElement>(null)
  const heading = useId()
  useEffect(() => {
    const element = dialog.current
    const before = document.activeElement
    element?.showModal()
    // Whoever opened it wants to type or choose, where there is something to; else to close it again.
    element?.querySelector<HTMLElement>('.dialog-body :is(input, select, textarea)')?.focus()
    return () => {
      element?.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  return (
    <dialog
      ref={dialog}
      className={`dialog ${wide ? 'dialog-wide' : ''}`}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
    >
      <header className="dialog-head">
        <h2 id={heading}>{title}</h2>
        <Button look="quiet" aria-label={t.common.close} onClick={onClose}>
          ✕
        </Button>
      </header>
      <div className="dialog-body">{children}</div>
      {actions && <footer className="dialog-foot">{actions}</footer>}
    </dialog>
  )
}
