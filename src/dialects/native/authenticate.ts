import type { FastifyRequest } from 'fastify'
import type { Caller } from '../../app/context.ts'
import type { App } from '../../app/index.ts'
import { DomainError } from '../../domain/errors.ts'
import { sameText, sha256Hex } from '../encoding.ts'
import { bearerToken } from './codec.ts'
import { profile } from './profile.ts'

/**
 * Who a bearer token stands for: the operator, or the tenant whose key it is. Throws `authentication.missing` and
 * `authentication.token-invalid`.
 */
export async function authenticate(
  app: App,
  adminToken: string,
  request: FastifyRequest,
  operation: string,
): Promise<Caller> {
  const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (token === undefined) throw new DomainError('authentication.missing', { what: 'Authorization' })
  // Digests have one length, so not even that of the admin token shows in the time a comparison takes.
  const operator = sameText(sha256Hex(token), sha256Hex(adminToken))
  const key = operator ? null : await keyOf(app, token)
  return {
    tenant: key?.tenant ?? null,
    operator,
    region: null,
    dialect: 'native',
    profile,
    requestId: request.id,
    remoteAddress: request.ip,
    ...(key && { accessKeyId: key.id }),
    operation,
    dryRun: false,
    once: null,
  }
}

async function keyOf(app: App, token: string) {
  const found = await app.context.store.findCredential(token.slice(0, Math.max(0, token.indexOf('.'))))
  if (!found || !sameText(bearerToken(found.key.id, found.key.secret), token)) {
    const refusal = new DomainError('authentication.token-invalid', { reason: 'it is no key of ours' })
    // What is no key may be anything, a secret too.
    refusal.claimedKey = found?.key.id ?? null
    throw refusal
  }
  return { id: found.key.id, tenant: found.tenant }
}

/**
 * The idempotency token of a request, once its body has been read. One token means one request: the same call with the
 * same body. Throws `request.invalid`.
 */
export function onceOf(request: FastifyRequest): Caller['once'] {
  const token = request.headers['idempotency-key']
  if (typeof token !== 'string' || token === '') return null
  if (token.length > 255) {
    const details = {
      field: 'Idempotency-Key',
      problem: 'too-long',
      reason: 'at most 255 characters',
      value: '',
    } as const
    throw new DomainError('request.invalid', details)
  }
  const path = request.url.split('?')[0] ?? ''
  // A body that no schema has looked at means nothing, and may be nested without end.
  const body = request.routeOptions.schema?.body ? (request.body ?? null) : null
  const fingerprint = sha256Hex(JSON.stringify([request.method, path, body]))
  return { key: `native:${request.caller.tenant?.id ?? 'operator'}:${token}`, fingerprint }
}
