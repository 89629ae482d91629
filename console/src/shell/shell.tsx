import { Link, Outlet, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { connection } from '../api/live.ts'
import { usePeerings } from '../api/queries.ts'
import { session } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { Toasts } from '../components/toast.tsx'
import { useMessages } from '../i18n/index.ts'
import { PAGES } from '../pages.ts'
import { useShortcuts } from '../util/shortcuts.ts'
import { useStore } from '../util/store.ts'
import { waitsFor } from '../util/waits-for.ts'
import { Brand } from './brand.tsx'
import { LanguageChoice, ThemeChoice } from './preferences.tsx'
import { ShortcutsDialog } from './shortcuts-dialog.tsx'
import { useLiveUpdates } from './use-live-updates.ts'
import './shell.css'

/** What is around every page: the menu, who is signed in, whether news arrive. */
export function Shell() {
  const { t } = useMessages()
  const navigate = useNavigate()
  const [open, setOpen] = useState<'shortcuts' | 'settings' | null>(null)
  useLiveUpdates()
  useShortcuts({
    '?': () => setOpen('shortcuts'),
    ...Object.fromEntries(
      useMenu().map(({ key, path }) => [`g ${key}`, () => void navigate({ to: path })] as const),
    ),
  })
  return (
    <div className="shell">
      <a className="skip" href="#content">
        {t.skipToContent}
      </a>
      <header className="shell-head">
        <Link to="/" className="shell-home">
          <Brand />
        </Link>
        <Menu />
        <Account onOpen={setOpen} />
      </header>
      <div className="shell-body">
        <ConnectionBanner />
        <main id="content" tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      {open === 'shortcuts' && <ShortcutsDialog onClose={() => setOpen(null)} />}
      {open === 'settings' && (
        <Dialog title={t.shell.settings} onClose={() => setOpen(null)}>
          <LanguageChoice />
          <ThemeChoice />
        </Dialog>
      )}
      <Toasts />
    </div>
  )
}

/** The pages of the menu, by the names they have for whoever is signed in. */
export function useMenu() {
  const { t } = useMessages()
  const { caller } = useStore(session)
  const names = caller?.operator ? t.nav : { ...t.nav, tenants: t.nav.keys }
  return PAGES.filter(({ key }) => key !== null).map((page) => ({ ...page, title: names[page.name] }))
}

function Menu() {
  const { t, number } = useMessages()
  const { caller } = useStore(session)
  const { rows } = usePeerings({ state: 'pending-acceptance' })
  const waiting = rows.filter((peering) => waitsFor(peering, caller)).length
  return (
    <nav className="menu" aria-label={t.nav.label}>
      <ul>
        {useMenu().map(({ name, path, title }) => (
          <li key={name}>
            <Link
              to={path}
              activeOptions={{ exact: path === '/', includeSearch: false }}
              className="menu-link"
            >
              {title}
              {name === 'inbox' && waiting > 0 && (
                <span className="menu-count">
                  <span aria-hidden="true">{number(waiting)}</span>
                  <span className="visually-hidden">, {t.shell.waiting(number(waiting))}</span>
                </span>
              )}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function Account({ onOpen }: { readonly onOpen: (what: 'shortcuts' | 'settings') => void }) {
  const { t } = useMessages()
  const { caller } = useStore(session)
  const state = useStore(connection)
  const name = caller?.tenant?.name ?? t.shell.operator
  const words = { live: t.shell.live, connecting: t.shell.connecting, lost: t.shell.lost }[state]
  return (
    <div className="account">
      <p className="account-name" title={t.shell.signedInAs(name)}>
        <span className={`account-light account-light-${state}`} title={words}>
          <span className="visually-hidden">{words}</span>
        </span>
        <span className="account-text">{name}</span>
      </p>
      <div className="account-buttons">
        <Button look="quiet" onClick={() => onOpen('settings')}>
          {t.shell.settings}
        </Button>
        <Button look="quiet" aria-label={t.shell.shortcuts} onClick={() => onOpen('shortcuts')}>
          ?
        </Button>
        <Button look="quiet" onClick={() => session.end()}>
          {t.shell.signOut}
        </Button>
      </div>
    </div>
  )
}

function ConnectionBanner() {
  const { t } = useMessages()
  const lost = useStore(connection) === 'lost'
  return (
    <div role="status" aria-live="polite">
      {lost && (
        <p className="banner">
          <strong>{t.shell.lost}</strong> {t.shell.lostDetail}
        </p>
      )}
    </div>
  )
}
