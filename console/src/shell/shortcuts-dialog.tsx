import { Dialog } from '../components/dialog.tsx'
import { type Messages, useMessages } from '../i18n/index.ts'
import { useMenu } from './shell.tsx'
import './shortcuts-dialog.css'

/** Keys that pages listen to themselves, and what they do there. */
const KEYS: readonly (readonly [keys: readonly string[], does: keyof Messages['shortcuts']])[] = [
  [['?'], 'help'],
  [['/'], 'search'],
  [['c'], 'create'],
  [['j'], 'next'],
  [['k'], 'previous'],
  [['Enter'], 'open'],
  [['a'], 'accept'],
  [['r'], 'reject'],
  [['Esc'], 'close'],
]

export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useMessages()
  const goTo = useMenu().map(({ key, title }) => [['g', key ?? ''], t.shortcuts.goTo(title)] as const)
  const rows = [...KEYS.map(([keys, does]) => [keys, t.shortcuts[does] as string] as const), ...goTo]
  return (
    <Dialog title={t.shortcuts.title} onClose={onClose}>
      <dl className="keys">
        {rows.map(([keys, does]) => (
          <div key={keys.join(' ')}>
            <dt>
              {keys.map((key, index) => (
                <span key={key}>
                  {index > 0 && <span className="soft small"> {t.shortcuts.afterwards} </span>}
                  <kbd>{key}</kbd>
                </span>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
