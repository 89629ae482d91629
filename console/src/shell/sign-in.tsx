import { type FormEvent, useEffect, useState } from 'react'
import { call, Problem } from '../api/client.ts'
import { session } from '../api/session.ts'
import { Button } from '../components/button.tsx'
import { TextField } from '../components/field.tsx'
import { type Messages, useMessages } from '../i18n/index.ts'
import { useStore } from '../util/store.ts'
import { Brand } from './brand.tsx'
import { LanguageChoice, ThemeChoice } from './preferences.tsx'
import './sign-in.css'

/** Asks for a token, wherever one is; the page that was asked for comes once it is there. */
export function SignIn() {
  const { t } = useMessages()
  const { ended } = useStore(session)
  const [token, setToken] = useState('')
  const [error, setError] = useState<keyof Messages['signIn'] | null>(null)
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    document.title = `${t.signIn.title} · ${t.product}`
  }, [t])
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (busy) return
    setBusy(true)
    setError(await begin(token.trim()))
    setBusy(false)
  }
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <Brand />
        <p className="soft">{t.tagline}</p>
        {ended === 'expired' && (
          <p role="alert" className="sign-in-notice">
            {t.signIn.expired}
          </p>
        )}
        <form onSubmit={submit} noValidate>
          <h1>{t.signIn.title}</h1>
          <TextField
            label={t.signIn.token}
            hint={t.signIn.tokenHint}
            error={error && (t.signIn[error] as string)}
            type="password"
            name="token"
            autoComplete="off"
            autoFocus
            value={token}
            onChange={(event) => setToken(event.target.value)}
          />
          <Button look="main" submits busy={busy}>
            {busy ? t.signIn.working : t.signIn.submit}
          </Button>
          <p className="soft small">{t.signIn.tokenKept}</p>
        </form>
        <details className="small">
          <summary>{t.common.details}</summary>
          <p className="soft">{t.signIn.whereToFind}</p>
        </details>
        <div className="sign-in-choices">
          <LanguageChoice />
          <ThemeChoice />
        </div>
      </div>
    </main>
  )
}

/** Begins the session of `token`, or answers what is in the way. */
async function begin(token: string): Promise<keyof Messages['signIn'] | null> {
  if (token === '') return 'missing'
  // What cannot be in a header is in no token.
  if (!/^[\x21-\x7e]+$/.test(token)) return 'refused'
  try {
    session.begin(token, await call('GET /caller', {}, { token }))
    return null
  } catch (error) {
    return error instanceof Problem && error.status === 401 ? 'refused' : 'unreachable'
  }
}
