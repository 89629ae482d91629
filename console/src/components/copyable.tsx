import { useMessages } from '../i18n/index.ts'
import { Button } from './button.tsx'
import './copyable.css'
import { say } from './toast.tsx'

/** Something to take along: an id, a secret. */
export function Copyable({ text, label }: { readonly text: string; readonly label: string }) {
  const { t } = useMessages()
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      say('good', `${t.common.copied}: ${label}`)
    } catch {
      // Not every page may; what is there can be marked and copied by hand.
      say('bad', t.common.failed)
    }
  }
  return (
    <span className="copyable">
      <code>{text}</code>
      <Button look="quiet" aria-label={`${t.common.copy}: ${label}`} onClick={copy}>
        {t.common.copy}
      </Button>
    </span>
  )
}
