import assert from 'node:assert/strict'
import type { TestTenant } from '../../rig/tenants.ts'
import {
  type Answer,
  type CallOptions,
  type LegacyResponse,
  legacyFails,
  legacySucceeds,
  type TencentService,
  type V3Response,
  v3Fails,
  v3Succeeds,
  withoutRequestId,
} from './client.ts'

export type Refusal = 'not-found' | 'wrong-side' | 'wrong-state' | 'missing'

/** What was said of a peering: a success, or which refusal. `text` is the answer but for what differs in each. */
export interface Verdict {
  readonly text: string
  succeeds(): void
  refused(why: Refusal): void
}

/** One action on one peering, in one of the vendor's forms of it. */
export interface Form {
  readonly name: string
  /** Null as the id leaves it out. */
  act(service: TencentService, tenant: TestTenant, id: string | null, options?: CallOptions): Promise<Verdict>
}

const LEGACY_REFUSALS = {
  'not-found': [5000, 'InvalidPeeringConnection.NotFound'],
  'wrong-side': [4102, 'UnauthorizedOperation'],
  'wrong-state': [5100, 'InvalidPeeringConnection.InvalidState'],
  missing: [4000, 'InvalidParameter'],
} as const

const V3_REFUSALS = {
  'not-found': 'ResourceNotFound',
  'wrong-side': 'UnsupportedOperation.VpcPeerPurviewError',
  'wrong-state': 'UnsupportedOperation.VpcPeerInvalidStateChange',
  missing: 'MissingParameter',
} as const

const legacyVerdict = (answer: Answer<LegacyResponse>, fields: readonly string[]): Verdict => ({
  text: answer.text,
  succeeds() {
    const body = legacySucceeds(answer)
    assert.deepEqual(Object.keys(body), ['code', 'message', 'codeDesc', ...fields])
    if (fields.includes('taskId')) assert.ok(Number.isSafeInteger(body.taskId) && body.taskId > 0)
  },
  refused(why) {
    const [code, codeDesc] = LEGACY_REFUSALS[why]
    legacyFails(answer, code, codeDesc)
  },
})

const v3Verdict = (answer: Answer<{ Response: V3Response }>): Verdict => ({
  text: withoutRequestId(answer),
  succeeds: () => assert.deepEqual(Object.keys(v3Succeeds(answer)), ['RequestId']),
  refused(why) {
    v3Fails(answer, V3_REFUSALS[why])
  },
})

/** Every form of an action that is told a peering's id and nothing else. Enable is not in API 3.0. */
export function formsOf(verb: 'Accept' | 'Reject' | 'Delete' | 'Enable'): readonly Form[] {
  const action = `${verb}VpcPeeringConnection`
  const legacy = (name: string, fields: readonly string[]): Form => ({
    name: `legacy ${name}`,
    act: async ({ legacy: call }, tenant, id, options) =>
      legacyVerdict(
        await call(tenant, name, id === null ? {} : { peeringConnectionId: id }, options),
        fields,
      ),
  })
  const api3: Form = {
    name: `API 3.0 ${action}`,
    act: async ({ v3: call }, tenant, id, options) =>
      v3Verdict(await call(tenant, action, id === null ? {} : { PeeringConnectionId: id }, options)),
  }
  const forms = [legacy(action, []), legacy(`${action}Ex`, ['taskId'])]
  return verb === 'Enable' ? forms : [...forms, api3]
}
