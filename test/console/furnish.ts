import assert from 'node:assert/strict'
import { tokenOf } from '../rig/browser.ts'
import { ADMIN_TOKEN, native } from '../rig/service.ts'
import { alice, bob, type TestTenant } from '../rig/tenants.ts'

/** A name that would run, were it ever taken for anything but a name. */
export const EVIL = '<img src=x onerror=breach()>'

/** What there is to be seen, so that no page is empty. */
export interface Things {
  readonly waiting: string
  readonly active: string
  readonly rejected: string
}

/** Makes VPCs, subnets, routes and peerings in several states, all called `name`. */
export async function furnish(service: { url: string }, name: string): Promise<Things> {
  const make = async (token: string, path: string, body: unknown, method = 'POST') => {
    const answer = await native(service, token, method, path, body)
    assert.ok(answer.status < 300, `${path}: ${JSON.stringify(answer.body)}`)
    return answer.body as { id: string }
  }
  const vpc = (tenant: TestTenant, cidr: string) =>
    make(ADMIN_TOKEN, '/vpcs', {
      tenant: tenant.name,
      name,
      description: name,
      region: 'region-a',
      cidrs: [cidr],
    })
  const [ours, theirs] = [await vpc(alice, '10.200.0.0/16'), await vpc(bob, '10.201.0.0/16')]
  const [near, far] = [await vpc(alice, '10.201.128.0/17'), await vpc(bob, '10.202.0.0/16')]
  await make(tokenOf(alice), `/vpcs/${ours.id}/subnets`, { cidr: '10.200.1.0/24', name })
  await make(tokenOf(bob), `/vpcs/${theirs.id}/subnets`, { cidr: '10.201.1.0/24', name })
  const ask = (from: { id: string }, to: { id: string }) =>
    make(tokenOf(alice), '/peerings', { requesterVpc: from.id, accepterVpc: to.id, name, description: name })
  const [active, rejected, waiting] = [await ask(ours, theirs), await ask(ours, far), await ask(near, theirs)]
  await make(tokenOf(bob), `/peerings/${active.id}/accept`, { reason: name })
  await make(tokenOf(bob), `/peerings/${rejected.id}/reject`, { reason: name })
  await make(tokenOf(alice), `/vpcs/${ours.id}/routes`, {
    destination: '10.201.0.0/16',
    peering: active.id,
    name,
  })
  return { waiting: waiting.id, active: active.id, rejected: rejected.id }
}

/** Every page of the console, by its path below `/console`. */
export const pathsOf = ({ waiting, active, rejected }: Things): readonly string[] => [
  '/',
  '/peerings',
  `/peerings/${waiting}`,
  `/peerings/${active}`,
  `/peerings/${rejected}`,
  '/topology',
  '/networks',
  '/explain',
  '/events',
  '/tenants',
  '/nowhere',
]
