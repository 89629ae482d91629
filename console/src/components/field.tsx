import { type ComponentProps, type ReactNode, useId } from 'react'
import './field.css'

interface FieldProps {
  readonly label: string
  readonly hint?: ReactNode
  readonly error?: string | null
}

/** What labels, hints and errors have in common: they belong to their input, for the eye and for a screen reader. */
function useField({ hint, error }: FieldProps) {
  const id = useId()
  const notes = [hint ? `${id}-hint` : null, error ? `${id}-error` : null].filter((note) => note !== null)
  return {
    id,
    input: { id, 'aria-describedby': notes.join(' ') || undefined, 'aria-invalid': error ? true : undefined },
  }
}

function Around({ id, label, hint, error, children }: FieldProps & { id: string; children: ReactNode }) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children}
      {hint && (
        <p id={`${id}-hint`} className="field-hint">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="field-error" role="alert">
          {error}
        </p>
      )}
    </div>
  )
}

/** One line of text. */
export function TextField({ label, hint, error, ...rest }: FieldProps & ComponentProps<'input'>) {
  const { id, input } = useField({ label, hint, error: error ?? null })
  return (
    <Around id={id} label={label} hint={hint} error={error ?? null}>
      <input className="field-input" autoComplete="off" spellCheck={false} {...rest} {...input} />
    </Around>
  )
}

/** Some lines of text. */
export function TextArea({ label, hint, error, ...rest }: FieldProps & ComponentProps<'textarea'>) {
  const { id, input } = useField({ label, hint, error: error ?? null })
  return (
    <Around id={id} label={label} hint={hint} error={error ?? null}>
      <textarea className="field-input" rows={3} {...rest} {...input} />
    </Around>
  )
}

export interface Choice {
  readonly value: string
  readonly text: string
}

/** One of several. */
export function SelectField(
  props: FieldProps & ComponentProps<'select'> & { readonly choices: readonly Choice[] },
) {
  const { label, hint, error, choices, ...rest } = props
  const { id, input } = useField({ label, hint, error: error ?? null })
  return (
    <Around id={id} label={label} hint={hint} error={error ?? null}>
      <select className="field-input" {...rest} {...input}>
        {choices.map(({ value, text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </Around>
  )
}
