import assert from 'node:assert/strict'
import type { Pair } from '../../src/dialects/encoding.ts'
import { alibabaDone, legacyDone } from '../dialects/every.ts'
import { client as huaweiClient } from '../dialects/huawei/client.ts'
import { asOperator, asTenant } from '../dialects/native/client.ts'
import { send as sendTencent, signWithParameters, type V3Response } from '../dialects/tencent/client.ts'
import type { TestService } from './service.ts'
import type { TestTenant } from './tenants.ts'

/** What `GET /explain` answers. */
export interface Explanation {
  readonly reachable: boolean
  readonly cause: string
  readonly from: { readonly vpc: string; readonly address: string }
  readonly to: { readonly vpc: string; readonly address: string }
  readonly steps: readonly { readonly at: string; readonly ok: boolean; readonly says: string }[]
  readonly next: {
    readonly tenant: { readonly id: string; readonly name: string } | null
    readonly says: string
    readonly calls: Readonly<Record<Spoken, string | null>>
  } | null
}

export type Spoken = 'native' | 'huawei' | 'alibaba' | 'tencent'
export const SPOKEN: readonly Spoken[] = ['native', 'huawei', 'alibaba', 'tencent']

/** Asks, as a tenant or as the operator (null). */
export async function explain(
  service: TestService,
  tenant: TestTenant | null,
  from: string,
  to: string,
): Promise<Explanation> {
  const call = tenant ? asTenant(service, tenant) : asOperator(service)
  const { status, body } = await call('GET', `/explain?${new URLSearchParams({ from, to })}`)
  assert.equal(status, 200, JSON.stringify(body))
  return body as unknown as Explanation
}

/** Makes a call as it was written, by that dialect's own client. */
export async function make(
  service: TestService,
  dialect: Spoken,
  tenant: TestTenant,
  call: string,
): Promise<void> {
  const [first = '', second = '', ...rest] = call.split(' ')
  if (dialect === 'native' || dialect === 'huawei') {
    const body = rest.length > 0 ? JSON.parse(rest.join(' ')) : undefined
    const { status } =
      dialect === 'native'
        ? await asTenant(service, tenant)(first, second.replace('/isthmus/v1', ''), body)
        : await huaweiClient(service, tenant)(first, second, { body })
    assert.ok(status < 300, `${status}: ${call}`)
    return
  }
  const pairs = [second, ...rest].map((pair): Pair => {
    const at = pair.indexOf('=')
    return [pair.slice(0, at), pair.slice(at + 1)]
  })
  if (dialect === 'alibaba') {
    await alibabaDone(service, tenant, first, Object.fromEntries(pairs))
  } else if (first === 'EnableVpcPeeringConnection') {
    await legacyDone(service, tenant, first, Object.fromEntries(pairs))
  } else {
    const head: Pair[] = [
      ['Action', first],
      ['Region', 'ap-guangzhou'],
      ['Version', '2017-03-12'],
    ]
    const signed = signWithParameters(service.host, '/', tenant, [...head, ...pairs], {})
    const { body, text } = await sendTencent<{ Response: V3Response }>(service.url, signed)
    assert.equal(body.Response.Error, undefined, text)
  }
}
