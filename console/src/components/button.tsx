import { type ComponentProps, useId } from 'react'
import './button.css'

interface ButtonProps extends Omit<ComponentProps<'button'>, 'disabled' | 'type'> {
  readonly look?: 'plain' | 'main' | 'danger' | 'quiet'
  /** Why it cannot be pressed; null: it can. It is shown beside the button, and read out with it. */
  readonly because?: string | null
  readonly submits?: boolean
  /** It was pressed, and what it does is under way. */
  readonly busy?: boolean
}

/**
 * A button. One that cannot be pressed keeps its place in the order of focus, so that whoever comes by keyboard hears the
 * reason too.
 */
export function Button(props: ButtonProps) {
  const { look = 'plain', because = null, submits = false, busy = false, children, onClick, ...rest } = props
  const reason = useId()
  const off = because !== null || busy
  return (
    <span className="button-place">
      <button
        {...rest}
        type={submits ? 'submit' : 'button'}
        className={`button button-${look} ${rest.className ?? ''}`}
        aria-disabled={off || undefined}
        aria-busy={busy || undefined}
        aria-describedby={because === null ? rest['aria-describedby'] : reason}
        onClick={(event) => {
          if (off) event.preventDefault()
          else onClick?.(event)
        }}
      >
        {children}
      </button>
      {because !== null && (
        <span id={reason} role="tooltip" className="button-reason">
          {because}
        </span>
      )}
    </span>
  )
}
