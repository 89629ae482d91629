import { Problem, Unreachable } from '../api/client.ts'
import { type Messages, useMessages } from '../i18n/index.ts'
import { Button } from './button.tsx'
import './failure.css'

/** What the codes of the service that people meet here are in words. The service's own words stand beside it. */
const WORDS: Readonly<Record<string, keyof Messages['problems']>> = {
  'service.unavailable': 'unavailable',
  'service.internal': 'unavailable',
  'peering.wrong-state': 'wrongState',
  'peering.wrong-side': 'wrongSide',
  'peering.not-found': 'notFound',
  'peering.exists': 'exists',
  'peering.overlap': 'overlap',
  'peering.overlap-elsewhere': 'overlap',
  'peering.busy': 'busy',
  'tenant.exists': 'exists',
  'tenant.not-found': 'notFound',
  'access-key.not-found': 'notFound',
  'vpc.not-found': 'notFound',
  'vpc.requester-not-found': 'notFound',
  'vpc.accepter-not-found': 'notFound',
  'quota.exceeded': 'quota',
  'permission.denied': 'denied',
  'request.invalid': 'invalid',
  'request.missing': 'invalid',
}

/** What went wrong, in the language that was chosen as far as there are words for it. */
export function describe(error: Error, t: Messages, tag: string): string {
  if (error instanceof Unreachable) return t.problems.unreachable
  if (!(error instanceof Problem)) return `${t.common.failed}: ${error.message}`
  const known = WORDS[error.code]
  if (!known) return error.message
  // The service speaks English.
  return tag.startsWith('en') ? error.message : `${t.problems[known]} (${error.message})`
}

/** Stands where something should be that could not be had. */
export function Failure({ error, onRetry }: { readonly error: Error; readonly onRetry?: () => void }) {
  const { t, tag } = useMessages()
  return (
    <div className="failure" role="alert">
      <p>
        <strong>{t.common.loadFailed}.</strong> {describe(error, t, tag)}
      </p>
      {onRetry && <Button onClick={onRetry}>{t.common.tryAgain}</Button>}
    </div>
  )
}
