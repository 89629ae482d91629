import type { Caller } from '../../app/context.ts'
import type { App } from '../../app/index.ts'
import { DomainError } from '../../domain/errors.ts'
import type { RegionName } from '../../domain/identity.ts'
import { authenticateSignature } from '../authenticate.ts'
import type { TencentCall, TencentRoute } from './call.ts'
import { profile } from './profile.ts'
import { decodeRegion } from './regions.ts'
import { checkTime, readCredential, verify } from './signing.ts'

/**
 * How long a Signature parameter is remembered: its time may lie two hours ahead, and is good for two hours more.
 * TC3 signatures have no nonce, and no rule against replays.
 */
const REMEMBERED_MS = 4 * 60 * 60 * 1000

/**
 * Who signed `call`, and where it works. Throws `authentication.*`, `region.unknown` and `request.missing`.
 */
export async function identifyCaller(
  app: App,
  call: TencentCall,
  route: TencentRoute,
  requestId: string,
): Promise<Caller> {
  const { request, parameters } = call
  const { tenant, credential } = await authenticateSignature(app, {
    reading: readCredential(request, parameters),
    checkTime,
    verify: (credential, secret) => verify(request, credential, secret, parameters),
    // A nonce alone will not do: the Node.js SDKs draw theirs from 65536 numbers. Source: captured.
    once: ({ nonce, time, signature }) =>
      nonce === null ? null : { value: `${time}:${signature}`, lifetimeMs: REMEMBERED_MS },
  })
  // Nothing here gives out temporary credentials, so that a token can only be wrong.
  if (call.token !== '') throw new DomainError('authentication.token-invalid', { reason: 'no such token' })
  const region = readRegion(app, call)
  if (route.region === 'of-the-call' && region === null) {
    throw new DomainError('request.missing', { field: 'Region' })
  }
  return {
    tenant,
    operator: false,
    region: route.region === 'of-the-call' ? region : null,
    dialect: 'tencent',
    profile,
    requestId,
    remoteAddress: request.remoteAddress,
    accessKeyId: credential.accessKeyId,
    operation: route.operation.name,
    dryRun: false,
    once: null,
  }
}

function readRegion(app: App, { region: text }: TencentCall): RegionName | null {
  if (text === '') return null
  const region = decodeRegion(app.context.regions, text)
  if (region === null) throw new DomainError('region.unknown', { region: text })
  return region
}
