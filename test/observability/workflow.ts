import { randomBytes } from 'node:crypto'
import { alibabaCall, DIALECTS, nativeCall, nativeToken } from '../dialects/every.ts'
import { client as huaweiClient } from '../dialects/huawei/client.ts'
import {
  LEGACY_PATH,
  send as sendTencent,
  signWithHeaders,
  signWithParameters,
} from '../dialects/tencent/client.ts'
import { ADMIN_TOKEN, native, type TestService } from '../rig/service.ts'
import { alice, bob, mallory, type TestTenant, vpcOf } from '../rig/tenants.ts'

/** In every dialect: asks, refuses, asks, accepts, deletes. */
export async function peerInEveryDialect(service: TestService): Promise<void> {
  for (const [index, dialect] of DIALECTS.entries()) {
    const [from, to] = [vpcOf(alice, 1 + (index % 4)).ids, vpcOf(bob, 1 + (index % 4)).ids]
    const refused = await dialect.ask(service, from, to, `first-${index}`)
    await dialect.answer(service, 'reject', refused)
    await dialect.remove(service, alice, refused)
    const accepted = await dialect.ask(service, from, to, `second-${index}`)
    await dialect.answer(service, 'accept', accepted)
    await dialect.show(service, mallory, accepted)
    await dialect.remove(service, bob, accepted)
  }
}

/** Tenants and keys are made, and passwords and tokens shown, rightly and wrongly. Answers what is secret of it. */
export async function handleSecrets(service: TestService): Promise<string[]> {
  const password = `correct-${randomBytes(8).toString('hex')}`
  const secret = `SK${randomBytes(16).toString('hex')}`
  const made: { body: { id: string; accessKeys: { token: string; secret: string }[] } } = await native(
    service,
    ADMIN_TOKEN,
    'POST',
    '/tenants',
    { name: 'carol', huawei: { password }, accessKeys: [{ id: 'AKCAROL', secret }] },
  )
  const generated: { body: { secret: string; token: string } } = await native(
    service,
    ADMIN_TOKEN,
    'POST',
    `/tenants/${made.body.id}/keys`,
    {},
  )
  const token = await huaweiToken(service, 'carol', password)
  await huaweiToken(service, 'carol', `wrong-${password}`)
  const wrong = `AKCAROL.${secret}-but-wrong`
  await native(service, wrong, 'GET', '/vpcs')
  await fetch(`${service.url}/v2.0/vpc/peerings`, { headers: { 'x-auth-token': token } })
  await fetch(`${service.url}/v2.0/vpc/peerings`, { headers: { 'x-auth-token': `${token}x` } })
  return [password, secret, token, wrong, generated.body.secret, generated.body.token, nativeToken(alice)]
}

async function huaweiToken(service: TestService, name: string, password: string): Promise<string> {
  const user = { name, password, domain: { name } }
  const body = { auth: { identity: { methods: ['password'], password: { user } } } }
  const answer = await fetch(`${service.url}/v3/auth/tokens`, { method: 'POST', body: JSON.stringify(body) })
  return answer.headers.get('x-subject-token') ?? ''
}

/** A request in each dialect that claims to be alice's and is not. */
export async function impersonate(service: TestService): Promise<void> {
  const liar: TestTenant = { ...alice, key: { id: alice.key.id, secret: 'not-hers' } }
  await nativeCall(service, liar, 'GET', '/vpcs')
  await huaweiClient(service, liar)('GET', '/v2.0/vpc/peerings')
  await alibabaCall(service, liar, 'ListVpcPeerConnections', { RegionId: 'cn-hangzhou' })
  const pairs = [['Action', 'DescribeVpcPeeringConnections'] as const, ['Region', 'gz'] as const]
  await sendTencent(service.url, signWithParameters(service.host, LEGACY_PATH, liar, pairs, {}))
  await sendTencent(service.url, signWithHeaders(service.host, liar, 'DescribeVpcs', {}, {}))
}
