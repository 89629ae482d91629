import { statSync } from 'node:fs'
import type { Finding, findingsOf } from './finding.ts'

const OTHERS = 0o077

/**
 * Whether nobody but its owner, who is who runs the service, can read what `path` names. `wanted` is the mode it should
 * have.
 */
export function lookAtPrivacy(
  path: string,
  wanted: 0o600 | 0o700,
  say: ReturnType<typeof findingsOf>,
): Finding {
  const { mode, uid } = statSync(path)
  const octal = (mode & 0o777).toString(8)
  if ((mode & OTHERS) !== 0)
    return say.bad(
      `${path} has mode ${octal}: others on this machine can get at it`,
      `chmod ${wanted.toString(8)} ${path}`,
    )
  const self = process.getuid?.()
  if (self !== undefined && self !== 0 && self !== uid)
    return say.warning(
      `${path} belongs to user ${uid}, and this is user ${self}`,
      'run this as the user that the service runs as',
    )
  return say.good(`${path} is its owner's only (user ${uid}, mode ${octal})`)
}
