import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { startService, type TestService } from '../../rig/service.ts'
import { alice, bob, mallory } from '../../rig/tenants.ts'
import { asOperator, asTenant, type Call, NOWHERE, newVpc, type VpcBody } from './client.ts'

let service: TestService
let calls: Record<string, Call>
before(async () => {
  service = await startService()
  calls = {
    alice: asTenant(service, alice),
    bob: asTenant(service, bob),
    mallory: asTenant(service, mallory),
  }
})
after(() => service.close())

interface Explanation {
  readonly reachable: boolean
  readonly cause: string
  readonly from: { vpc: string; address: string }
  readonly to: { vpc: string; address: string }
  readonly steps: readonly { at: string; ok: boolean; says: string }[]
  readonly next: {
    tenant: { name: string } | null
    says: string
    calls: Record<'native' | 'huawei' | 'alibaba' | 'tencent', string | null>
  } | null
}

const as = (name: string): Call => {
  const call = calls[name]
  assert.ok(call)
  return call
}

async function ok(call: Call, method: string, path: string, body?: unknown) {
  const answer = await call(method, path, body)
  assert.ok(answer.status < 300, `${method} ${path}: ${JSON.stringify(answer.body)}`)
  return answer.body
}

async function explain(from: string, to: string, call = as('alice')): Promise<Explanation> {
  const query = new URLSearchParams({ from, to })
  return (await ok(call, 'GET', `/explain?${query}`)) as unknown as Explanation
}

interface World {
  readonly ours: VpcBody
  readonly theirs: VpcBody
  /** Of Alice's, and of Bob's. */
  readonly from: string
  readonly to: string
}

const subnet = (call: Call, vpc: string, cidr: string) =>
  ok(call, 'POST', `/vpcs/${vpc}/subnets`, { name: '', cidr })
const peer = async (ours: string, theirs: string) =>
  (await ok(as('alice'), 'POST', '/peerings', { requesterVpc: ours, accepterVpc: theirs, name: 'p' })).id
const accept = (id: string) => ok(as('bob'), 'POST', `/peerings/${id}/accept`)
const addRoute = async (owner: string, vpc: string, destination: string, peering: string) =>
  (await ok(as(owner), 'POST', `/vpcs/${vpc}/routes`, { destination, peering })).id

/** Two VPCs with a subnet each, and nothing between them. */
async function world(): Promise<World> {
  const ours = await newVpc(service, alice, ['10.1.0.0/16', 'fd00:1::/48'])
  const theirs = await newVpc(service, bob, ['10.2.0.0/16', 'fd00:2::/48'])
  await subnet(as('alice'), ours.id, '10.1.1.0/24')
  await subnet(as('bob'), theirs.id, '10.2.1.0/24')
  return { ours, theirs, from: `${ours.id}/10.1.1.5`, to: `${theirs.id}/10.2.1.5` }
}

/** The same, with all that is needed for packets to pass. */
async function connected() {
  const made = await world()
  const peering = await peer(made.ours.id, made.theirs.id)
  await accept(peering)
  const there = await addRoute('alice', made.ours.id, '10.2.0.0/16', peering)
  const back = await addRoute('bob', made.theirs.id, '10.1.0.0/16', peering)
  return { ...made, peering, there, back }
}

/** Makes the call that was named, as whom it was named for; answers whether it could be made. */
async function heed({ next }: Explanation): Promise<boolean> {
  const [method = '', target = '', ...rest] = (next?.calls.native ?? '').split(' ')
  if (method === '' || rest.join(' ').includes('BLOCK')) return false
  await ok(
    as(next?.tenant?.name ?? ''),
    method,
    target.replace('/isthmus/v1', ''),
    rest.length > 0 ? JSON.parse(rest.join(' ')) : undefined,
  )
  return true
}

/** Each plants a fault; answers the question that meets it, what stands in the way and whose it is to mend. */
const FAULTS: Record<string, () => Promise<{ from: string; to: string; cause: string; who: string | null }>> =
  {
    'nobody asked': async () => ({ ...(await world()), cause: 'not-asked', who: 'alice' }),
    'nobody has answered': async () => {
      const made = await world()
      await peer(made.ours.id, made.theirs.id)
      return { ...made, cause: 'pending', who: 'bob' }
    },
    'the other side asked, and we have not answered': async () => {
      const { ours, theirs, from, to } = await world()
      await ok(as('bob'), 'POST', '/peerings', { requesterVpc: theirs.id, accepterVpc: ours.id, name: 'p' })
      return { from, to, cause: 'pending', who: 'alice' }
    },
    'it was refused': async () => {
      const made = await world()
      const id = await peer(made.ours.id, made.theirs.id)
      await ok(as('bob'), 'POST', `/peerings/${id}/reject`)
      return { ...made, cause: 'rejected', who: 'alice' }
    },
    'it expired': async () => {
      const made = await world()
      await peer(made.ours.id, made.theirs.id)
      await ok(asOperator(service), 'POST', '/clock', { advance: 'P8D' })
      return { ...made, cause: 'expired', who: 'alice' }
    },
    'it was ended by the other side': async () => {
      const made = await connected()
      await ok(as('bob'), 'DELETE', `/peerings/${made.peering}`)
      return { ...made, cause: 'not-asked', who: 'alice' }
    },
    'no route on either side': async () => {
      const made = await world()
      await accept(await peer(made.ours.id, made.theirs.id))
      return { ...made, cause: 'no-route', who: 'alice' }
    },
    'no route there': async () => {
      const made = await connected()
      await ok(as('alice'), 'DELETE', `/vpcs/${made.ours.id}/routes/${made.there}`)
      return { ...made, cause: 'no-route', who: 'alice' }
    },
    'no route back': async () => {
      const made = await connected()
      await ok(as('bob'), 'DELETE', `/vpcs/${made.theirs.id}/routes/${made.back}`)
      return { ...made, cause: 'no-route-back', who: 'bob' }
    },
    'a route for another subnet of the other side only': async () => {
      const made = await connected()
      await ok(as('alice'), 'DELETE', `/vpcs/${made.ours.id}/routes/${made.there}`)
      await addRoute('alice', made.ours.id, '10.2.9.0/24', made.peering)
      return { ...made, cause: 'no-route', who: 'alice' }
    },
    'a route back for another subnet only': async () => {
      const made = await connected()
      await ok(as('bob'), 'DELETE', `/vpcs/${made.theirs.id}/routes/${made.back}`)
      await addRoute('bob', made.theirs.id, '10.1.9.0/24', made.peering)
      return { ...made, cause: 'no-route-back', who: 'bob' }
    },
    'routes of the other family only': async () => {
      const made = await world()
      const id = await peer(made.ours.id, made.theirs.id)
      await accept(id)
      await addRoute('alice', made.ours.id, 'fd00:2::/48', id)
      await addRoute('bob', made.theirs.id, 'fd00:1::/48', id)
      return { ...made, cause: 'no-route', who: 'alice' }
    },
    'a longer route into another peering': async () => {
      const made = await connected()
      const third = await newVpc(service, bob, ['10.2.1.0/24'])
      const other = await peer(made.ours.id, third.id)
      await accept(other)
      await addRoute('alice', made.ours.id, '10.2.1.0/24', other)
      return { ...made, cause: 'route-elsewhere', who: 'alice' }
    },
    'a longer route back into another peering': async () => {
      const made = await connected()
      const third = await newVpc(service, alice, ['10.1.1.0/24'])
      const other = await peer(third.id, made.theirs.id)
      await accept(other)
      await addRoute('bob', made.theirs.id, '10.1.1.0/24', other)
      return { ...made, cause: 'route-back-elsewhere', who: 'bob' }
    },
    'the destination is in no subnet': async () => {
      const made = await connected()
      return {
        from: made.from,
        to: `${made.theirs.id}/10.2.7.7`,
        cause: 'destination-in-no-subnet',
        who: 'bob',
      }
    },
    'the source is in no subnet': async () => {
      const made = await connected()
      return { from: `${made.ours.id}/10.1.7.7`, to: made.to, cause: 'source-in-no-subnet', who: 'alice' }
    },
    'the destination lies behind the peer': async () => {
      const made = await connected()
      return {
        from: made.from,
        to: `${made.theirs.id}/10.9.0.1`,
        cause: 'destination-outside-vpc',
        who: null,
      }
    },
    'a subnet of ours has the address': async () => {
      const ours = await newVpc(service, alice, ['10.0.0.0/8'])
      const theirs = await newVpc(service, bob, ['10.2.0.0/16'])
      await subnet(as('alice'), ours.id, '10.2.1.0/24')
      await subnet(as('bob'), theirs.id, '10.2.1.0/24')
      await accept(await peer(ours.id, theirs.id))
      return {
        from: `${ours.id}/10.2.1.5`,
        to: `${theirs.id}/10.2.1.6`,
        cause: 'destination-is-local',
        who: 'alice',
      }
    },
    'a subnet of theirs has our address': async () => {
      const ours = await newVpc(service, alice, ['10.1.0.0/16'])
      const theirs = await newVpc(service, bob, ['10.0.0.0/8'])
      await subnet(as('alice'), ours.id, '10.1.1.0/24')
      await subnet(as('bob'), theirs.id, '10.1.1.0/24')
      await subnet(as('bob'), theirs.id, '10.2.1.0/24')
      const id = await peer(ours.id, theirs.id)
      await accept(id)
      await addRoute('alice', ours.id, '10.2.1.0/24', id)
      return {
        from: `${ours.id}/10.1.1.5`,
        to: `${theirs.id}/10.2.1.5`,
        cause: 'source-is-local-there',
        who: 'bob',
      }
    },
    'it is one and the same VPC': async () => {
      const { ours } = await world()
      return { from: `${ours.id}/10.1.1.5`, to: `${ours.id}/10.1.1.6`, cause: 'same-vpc', who: null }
    },
  }

suite('of a planted fault, the cause, whose it is to mend, and the very call', () => {
  assert.equal(Object.keys(FAULTS).length, 20)
  for (const [name, plant] of Object.entries(FAULTS)) {
    test(name, async () => {
      const { from, to, cause, who } = await plant()
      const found = await explain(from, to)
      assert.deepEqual([found.cause, found.next?.tenant?.name ?? null], [cause, who], JSON.stringify(found))
      assert.equal(found.reachable, false)
      // What was in order is said first, and the fault last.
      assert.deepEqual(
        found.steps.map((step) => step.ok),
        found.steps.map((_, index) => index < found.steps.length - 1 || cause === 'same-vpc'),
      )
      // Whoever does as they are told is told something else next.
      if (await heed(found)) assert.notEqual((await explain(from, to)).cause, cause)
    })
  }

  test('and heeding it step by step leads there, both ways, for either party', async () => {
    const { from, to } = await world()
    const causes: string[] = []
    for (let found = await explain(from, to); !found.reachable; found = await explain(from, to)) {
      causes.push(found.cause)
      assert.ok(causes.length < 10 && found.next, causes.join(' '))
      if (found.cause === 'not-asked') {
        await peer(found.from.vpc, found.to.vpc)
      } else assert.ok(await heed(found))
    }
    assert.deepEqual(causes, ['not-asked', 'pending', 'no-route', 'no-route-back'])
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      for (const call of [as('alice'), as('bob'), asOperator(service)]) {
        const { reachable, cause, next } = await explain(one, other, call)
        assert.deepEqual([reachable, cause, next], [true, 'none', null])
      }
    }
  })
})

suite('what is asked', () => {
  test('may be a VPC by any id, with or without an address, or an address that one VPC has', async () => {
    const vpc = await newVpc(service, alice, ['172.30.0.0/16', 'fd77::/48'])
    const other = await newVpc(service, bob, ['172.31.0.0/16'])
    await subnet(as('alice'), vpc.id, '172.30.5.0/24')
    await accept(await peer(vpc.id, other.id))
    for (const from of [vpc.id, vpc.ids.alibaba, `${vpc.ids.tencent}/172.30.5.2`, '172.30.5.2']) {
      const found = await explain(from, '172.31.0.9')
      assert.deepEqual(
        [found.from.address, found.to, found.cause],
        ['172.30.5.2', { vpc: other.id, address: '172.31.0.9' }, 'no-route'],
      )
    }
    assert.equal((await explain(`${vpc.id}/fd77::9`, other.id)).cause, 'source-in-no-subnet')
    for (const [bad, reason] of [
      [`${vpc.id}/nonsense`, 'is not VPC/ADDRESS'],
      ['203.0.113.9', 'is in none of the VPCs you have or are peered with; say VPC/ADDRESS'],
      ['10.1.1.5', 'is in several VPCs; say VPC/ADDRESS'],
    ]) {
      await newVpc(service, alice, ['10.1.0.0/16'])
      const answer = await as('alice')(
        'GET',
        `/explain?${new URLSearchParams({ from: bad ?? '', to: other.id })}`,
      )
      assert.equal(answer.status, 400)
      assert.equal(answer.body.detail, `from '${bad}': ${reason}.`)
    }
  })

  test('of a VPC one is not peered with, the answer is the same whether there is one or not', async () => {
    const { ours, theirs } = await connected()
    const mine = await newVpc(service, mallory, ['10.7.0.0/16'])
    await subnet(as('mallory'), mine.id, '10.7.1.0/24')
    const ask = async (to: string) => {
      const found = await explain(mine.id, `${to}/10.2.1.5`, as('mallory'))
      return JSON.stringify(found).replaceAll(to, 'TARGET')
    }
    const [there, nowhere] = [await ask(theirs.id), await ask(NOWHERE)]
    assert.equal(there, nowhere)
    assert.ok(there.includes('not-asked'))
    for (const [from, to] of [
      [ours.id, theirs.id],
      [NOWHERE, theirs.id],
    ] as const) {
      const answer = await as('mallory')('GET', `/explain?from=${from}&to=${to}`)
      assert.deepEqual([answer.status, answer.body.code], [404, 'vpc.not-found'])
    }
  })
})
