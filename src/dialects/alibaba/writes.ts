import type { Caller, Context } from '../../app/context.ts'
import { DomainError } from '../../domain/errors.ts'
import type { Tenant } from '../../domain/tenant.ts'
import type { Operation } from '../dialect.ts'
import { byName, encodePairs, sha256Hex } from '../encoding.ts'
import type { TextRule } from '../fields.ts'
import type { AlibabaCall } from './call.ts'
import { inVendorIds } from './vendor-ids.ts'

/** Source: "How to ensure idempotence" of the VPC API reference. */
const CLIENT_TOKEN: TextRule = {
  max: 64,
  pattern: /^[\x20-\x7e]*$/,
  expects: 'must hold ASCII characters only',
}

/** Whether the request asks only whether it would succeed. Throws `request.invalid`. */
export function readDryRun(call: AlibabaCall): boolean {
  return call.parameters.optionalBoolean('DryRun') ?? false
}

/**
 * What `ClientToken` makes the request do once: an account's action under that token, for what it asks. Null where no
 * token was given. Throws `request.invalid`.
 */
export function readOnce(call: AlibabaCall, tenant: Tenant): Caller['once'] {
  const token = call.parameters.optionalText('ClientToken', CLIENT_TOKEN)
  if (token === undefined) return null
  return {
    key: `alibaba:${tenant.id}:${call.version} ${call.action}:${token}`,
    fingerprint: fingerprintOf(call),
  }
}

/** What differs between a request and its retry, or says how it is asked and not what for. */
const NOT_ASKED_FOR = new Set([
  'AccessKeyId',
  'Action',
  'ClientToken',
  'DryRun',
  'Format',
  'SecurityToken',
  'Signature',
  'SignatureMethod',
  'SignatureNonce',
  'SignatureType',
  'SignatureVersion',
  'Timestamp',
  'Version',
])

/** The same for the same parameters, wherever in the request they stand. A retry may come from another client. */
function fingerprintOf(call: AlibabaCall): string {
  const asked = new Map(call.received.all.filter(([name]) => !NOT_ASKED_FOR.has(name)))
  return sha256Hex(encodePairs([...asked].sort(byName)))
}

/**
 * `operation` as one that changes something: a dry run that found nothing wrong ends in an error that says so, and
 * requests with one token take turns, since the retry of a request under way is to get its answer and not a conflict.
 * Source: "Error codes" of VpcPeer 2022-01-01, "DryRunOperation".
 */
export function writing(operation: Operation<AlibabaCall>): Operation<AlibabaCall> {
  return {
    name: operation.name,
    async perform(app, caller, call) {
      const perform = () => inVendorIds(app, () => operation.perform(app, caller, call))
      const body = await (caller.once ? inTurn(app.context, caller.once.key, perform) : perform())
      if (caller.dryRun) throw new DomainError('dry-run.succeeded', {})
      return body
    },
  }
}

/** The last in each queue, by what the queue is for. */
const queues = new WeakMap<Context, Map<string, Promise<unknown>>>()

async function inTurn<T>(context: Context, key: string, work: () => Promise<T>): Promise<T> {
  const queue = queues.get(context) ?? new Map<string, Promise<unknown>>()
  queues.set(context, queue)
  const turn = (queue.get(key) ?? Promise.resolve()).then(work, work)
  queue.set(key, turn)
  try {
    return await turn
  } finally {
    if (queue.get(key) === turn) queue.delete(key)
  }
}
