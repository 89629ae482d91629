import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import fc from 'fast-check'
import { advance, startService, type TestService } from '../../rig/service.ts'
import { alice, bob, mallory } from '../../rig/tenants.ts'
import {
  type Answer,
  activePeering,
  askBody,
  assertNeutronError,
  client,
  dashed,
  NOWHERE,
  newVpc,
  type PeeringBody,
  pendingPeering,
  type Send,
} from './client.ts'

const PATH = '/v2.0/vpc/peerings'
const alices = alice.projects['region-a']
const bobs = bob.projects['region-a']

let service: TestService
let asAlice: Send
let asBob: Send
/** All that alice takes part in, by id. */
let all: PeeringBody[]
let [active, pending, rejected, expired, incoming]: PeeringBody[] = []

before(async () => {
  service = await startService()
  asAlice = client(service, alice)
  asBob = client(service, bob)
  const old = await pendingPeering(service, { name: 'expired' })
  await advance(service, 'P7D')
  const made = [
    await activePeering(service, { name: 'active', description: 'of alice alone' }),
    await pendingPeering(service, { name: 'same name' }),
    await pendingPeering(service, { name: 'same name' }),
  ]
  await asBob('PUT', `${PATH}/${made[2]?.id}/reject`)
  const body = askBody(await newVpc(service, bob), await newVpc(service, alice), { name: 'in/ü &+' }, alices)
  const asked = (await asBob('POST', PATH, { body })).body.peering
  const refresh = async (peering: PeeringBody | undefined) =>
    (await asAlice('GET', `${PATH}/${peering?.id}`)).body.peering
  ;[active, pending, rejected, expired, incoming] = await Promise.all([...made, old, asked].map(refresh))
  all = [active, pending, rejected, expired, incoming]
    .filter((peering) => peering !== undefined)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  // What is none of alice's, or no more: in no answer below.
  const own = askBody(await newVpc(service, bob), await newVpc(service, bob))
  assert.equal((await asBob('POST', PATH, { body: own })).status, 201)
  await asAlice('DELETE', `${PATH}/${(await activePeering(service)).id}`)
  const far = askBody(await newVpc(service, alice, 'region-b'), await newVpc(service, alice, 'region-b'))
  const inRegionB = await asAlice('POST', PATH, { project: alice.projects['region-b'], body: far })
  assert.equal(inRegionB.status, 201)
})
after(() => service.close())

const list = async (query: string, send: Send = asAlice) => (await send('GET', `${PATH}?${query}`)).body
const idsOf = (peerings: readonly (PeeringBody | undefined)[]) => peerings.map((peering) => peering?.id)

suite('serialization', () => {
  test('200, each with all eight members, by id, and without links where no limit was given', async () => {
    const answer = await asAlice('GET', PATH)
    assert.equal(answer.status, 200)
    assert.equal(answer.text, JSON.stringify({ peerings: all }))
    assert.deepEqual(all.map(({ status }) => status).sort(), [
      'ACTIVE',
      'EXPIRED',
      'PENDING_ACCEPTANCE',
      'PENDING_ACCEPTANCE',
      'REJECTED',
    ])
  })

  test('nothing: an empty list', async () => {
    const answer = await client(service, mallory)('GET', PATH)
    assert.equal(answer.text, '{"peerings":[]}')
  })

  test('one row of a limit of 100: one link, back, as the real service has it', async () => {
    const { peerings_links } = await list(`limit=100&name=active`)
    const href = `http://${service.host}${PATH}?limit=100&name=active&marker=${active?.id}&page_reverse=true`
    assert.deepEqual(peerings_links, [{ rel: 'previous', href }])
  })

  test('a full page has a link on and one back', async () => {
    const { peerings_links, peerings } = await list('limit=2')
    const [first, last] = idsOf(peerings)
    assert.deepEqual(peerings_links, [
      { rel: 'next', href: `http://${service.host}${PATH}?limit=2&marker=${last}` },
      { rel: 'previous', href: `http://${service.host}${PATH}?limit=2&marker=${first}&page_reverse=true` },
    ])
  })

  test('a page backwards that is not full has a link on only', async () => {
    const first = all[0]?.id
    const { peerings_links, peerings } = await list(`limit=2&marker=${all[1]?.id}&page_reverse=True`)
    assert.deepEqual(idsOf(peerings), [first])
    assert.deepEqual(peerings_links, [
      { rel: 'next', href: `http://${service.host}${PATH}?limit=2&marker=${first}` },
    ])
  })

  test('an empty page leads back to the end, or on to the start', async () => {
    const forward = await list(`limit=2&marker=${all.at(-1)?.id}`)
    assert.deepEqual(forward, {
      peerings: [],
      peerings_links: [{ rel: 'previous', href: `http://${service.host}${PATH}?limit=2&page_reverse=true` }],
    } as unknown)
    const backward = await list(`limit=2&marker=${all[0]?.id}&page_reverse=true`)
    assert.deepEqual(backward, {
      peerings: [],
      peerings_links: [{ rel: 'next', href: `http://${service.host}${PATH}?limit=2` }],
    } as unknown)
    assert.deepEqual(idsOf((await list('limit=2&page_reverse=true')).peerings), idsOf(all.slice(-2)))
  })

  test('links keep the filters as they were sent', async () => {
    const { peerings_links } = await list(
      'name=in%2F%C3%BC%20%26%2B&limit=1&marker=&status=PENDING_ACCEPTANCE',
    )
    const kept = 'name=in%2F%C3%BC%20%26%2B&limit=1&status=PENDING_ACCEPTANCE'
    assert.equal(peerings_links?.[0]?.href, `http://${service.host}${PATH}?${kept}&marker=${incoming?.id}`)
  })

  test('links name the host that the client used, or that its proxy says it used', async () => {
    const hrefs = (answer: Answer) => answer.body.peerings_links?.map(({ href }) => new URL(href).origin)
    const named = await asAlice('GET', `${PATH}?limit=1`, { headers: { host: 'isthmus.example:8080' } })
    assert.deepEqual(hrefs(named), Array(2).fill('http://isthmus.example:8080'))
    const proxied = await asAlice('GET', `${PATH}?limit=1`, {
      unsigned: { 'x-forwarded-host': 'vpc.example', 'x-forwarded-proto': 'https' },
    })
    assert.deepEqual(hrefs(proxied), Array(2).fill('https://vpc.example'))
  })
})

suite('validation', () => {
  for (const limit of ['-1', 'abc', '1.5', '1e3', '9999999999', '0x10', ' ']) {
    test(`limit=${limit}`, async () => {
      const answer = await asAlice('GET', `${PATH}?limit=${encodeURIComponent(limit)}`)
      assertNeutronError(
        answer,
        400,
        'HTTPBadRequest',
        `Malformed request: Limit must be an integer 0 or greater and not '${limit}'.`,
      )
    })
  }

  test('limit 0 is the most there is, and more than 2000 is cut to it', async () => {
    for (const limit of [0, 2000, 2001, 999_999_999]) {
      const { peerings } = await list(`limit=${limit}`)
      assert.deepEqual(idsOf(peerings), idsOf(all))
    }
  })

  test('filters that make no sense give an empty list', async () => {
    for (const query of [
      'id=2',
      'vpc_id=5',
      'tenant_id=4',
      'name=3',
      'status=2',
      'status=DELETED',
      'status=active',
      'limit=1&id=2&name=3&tenant_id=4&vpc_id=5',
    ]) {
      const answer = await asAlice('GET', `${PATH}?${query}`)
      assert.deepEqual([answer.status, answer.body.peerings], [200, []], query)
    }
  })

  test('a marker that is no id is a place in the order all the same', async () => {
    assert.deepEqual(idsOf((await list('marker=0')).peerings), idsOf(all))
    assert.deepEqual((await list('marker=z')).peerings, [])
  })

  test('parameters that mean nothing are ignored', async () => {
    assert.equal((await list('offset=2&sort_key=name&fields=id&x')).peerings.length, all.length)
  })
})

suite('permission', () => {
  test('each sees what it takes part in, and nobody else’s', async () => {
    const { peerings } = await list('', asBob)
    const shared = [pending, rejected, expired, incoming]
    for (const peering of shared) assert.ok(idsOf(peerings).includes(peering?.id))
    assert.ok(!idsOf(peerings).includes(active?.id))
    assert.equal(peerings.length, shared.length + 1)
  })

  test('in the project that asks', async () => {
    const elsewhere = await asAlice('GET', PATH, { project: alice.projects['region-b'] })
    assert.equal(elsewhere.body.peerings.length, 1)
    const everywhere = await asAlice('GET', PATH, { project: null })
    assert.equal(everywhere.body.peerings.length, all.length + 1)
  })

  test('a filter for a stranger’s project, or VPC, finds nothing', async () => {
    assert.deepEqual((await list(`tenant_id=${mallory.projects['region-a']}`)).peerings, [])
    assert.deepEqual((await list(`vpc_id=${await newVpc(service, mallory)}`)).peerings, [])
  })
})

suite('behaviour', () => {
  test('by id', async () => {
    assert.deepEqual((await list(`id=${pending?.id}`)).peerings, [pending])
    assert.deepEqual((await list(`id=${NOWHERE}`)).peerings, [])
  })

  test('by exact name, which may repeat', async () => {
    assert.deepEqual(
      (await list('name=same%20name')).peerings,
      all.filter(({ name }) => name === 'same name'),
    )
    assert.deepEqual((await list('name=in%2F%C3%BC%20%26%2B')).peerings, [incoming])
    for (const name of ['same', 'same%20nam_', 'same%20%25', 'Same%20name', 'activ']) {
      assert.deepEqual((await list(`name=${name}`)).peerings, [], name)
    }
  })

  test('by status as it stands now, swept or not', async () => {
    assert.deepEqual((await list('status=ACTIVE')).peerings, [active])
    assert.deepEqual((await list('status=REJECTED')).peerings, [rejected])
    assert.deepEqual((await list('status=EXPIRED')).peerings, [expired])
    const waiting = all.filter(({ status }) => status === 'PENDING_ACCEPTANCE')
    assert.deepEqual((await list('status=PENDING_ACCEPTANCE')).peerings, waiting)
  })

  test('by a VPC on either side', async () => {
    for (const info of [pending?.request_vpc_info, pending?.accept_vpc_info]) {
      for (const send of [asAlice, asBob]) {
        assert.deepEqual((await list(`vpc_id=${info?.vpc_id}`, send)).peerings, [pending])
      }
    }
  })

  test('by a project on either side, also with dashes', async () => {
    const withBob = all.filter(({ id }) => id !== active?.id)
    for (const project of [bobs, dashed(bobs)]) {
      assert.deepEqual((await list(`tenant_id=${project}`)).peerings, withBob)
    }
    assert.deepEqual((await list(`tenant_id=${alices}`)).peerings, all)
    assert.deepEqual((await list(`tenant_id=${bob.projects['region-b']}`)).peerings, [])
  })

  test('filters are ANDed', async () => {
    assert.deepEqual((await list(`name=same%20name&status=REJECTED`)).peerings, [rejected])
    assert.deepEqual((await list(`name=active&status=REJECTED`)).peerings, [])
    assert.deepEqual((await list(`id=${active?.id}&tenant_id=${bobs}`)).peerings, [])
    const exact = `id=${pending?.id}&name=same%20name&status=PENDING_ACCEPTANCE&tenant_id=${bobs}&vpc_id=${pending?.request_vpc_info.vpc_id}`
    assert.deepEqual((await list(exact)).peerings, [pending])
  })

  test('empty parameters count as absent', async () => {
    const query = 'marker=&limit=10&vpc_id=&name=&id=&status=&tenant_id='
    assert.deepEqual((await list(query)).peerings, all)
  })

  test('by marker, as a client that asks until a page is empty', async () => {
    const seen: (string | undefined)[] = []
    for (let marker = ''; ; marker = seen.at(-1) ?? '') {
      const { peerings } = await list(`marker=${marker}&limit=2`)
      if (peerings.length === 0) break
      seen.push(...idsOf(peerings))
    }
    assert.deepEqual(seen, idsOf(all))
  })

  /** Goes to where a link leads, signed as the clients do that follow it; the ids of all rows met. */
  async function walk(query: string, rel: 'next' | 'previous'): Promise<string[][]> {
    const pages: string[][] = []
    let { peerings, peerings_links } = await list(query)
    for (;;) {
      if (peerings.length === 0) return pages
      pages.push(peerings.map(({ id }) => id))
      const href = peerings_links?.find((link) => link.rel === rel)?.href
      if (href === undefined) return pages
      assert.equal(new URL(href).host, service.host)
      ;({ peerings, peerings_links } = (
        await asAlice('GET', href.slice(`http://${service.host}`.length))
      ).body)
      assert.ok(pages.length <= all.length, 'the links lead nowhere')
    }
  }

  test('links, followed until there are none, show every row once, whatever the page and the filter', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: all.length + 1 }),
        fc.constantFrom('', `&tenant_id=${bobs}`, '&status=PENDING_ACCEPTANCE', '&name=same%20name'),
        async (limit, filter) => {
          const expected = idsOf((await list(filter.slice(1))).peerings)
          const forward = await walk(`limit=${limit}${filter}`, 'next')
          assert.deepEqual(forward.flat(), expected)
          assert.ok(forward.slice(0, -1).every((page) => page.length === limit))
          const backward = await walk(`limit=${limit}${filter}&page_reverse=true`, 'previous')
          assert.deepEqual(backward.reverse().flat(), expected)
        },
      ),
      { numRuns: 30 },
    )
  })

  test('a row that goes, or comes, while somebody pages does not disturb the others', async () => {
    const fresh = await pendingPeering(service)
    const page = await list('limit=5')
    assert.deepEqual(idsOf(page.peerings), idsOf(all))
    await asAlice('DELETE', `${PATH}/${fresh.id}`)
    const gone = await activePeering(service)
    const marker = gone.id
    await asAlice('DELETE', `${PATH}/${gone.id}`)
    const late = await activePeering(service)
    assert.deepEqual(idsOf((await list(`limit=5&marker=${marker}`)).peerings), [late.id])
    await asAlice('DELETE', `${PATH}/${late.id}`)
  })
})
