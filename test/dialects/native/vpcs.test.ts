import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { startService, type TestService } from '../../rig/service.ts'
import { alice, bob, mallory, VPCS, vpcOf } from '../../rig/tenants.ts'
import {
  asOperator,
  assertProblem,
  asTenant,
  type Call,
  NOWHERE,
  newPeering,
  newVpc,
  TIME,
  UUID,
} from './client.ts'

let service: TestService
let operator: Call
let asAlice: Call
let aliceId: string
before(async () => {
  service = await startService()
  operator = asOperator(service)
  asAlice = asTenant(service, alice)
  aliceId = (await operator('GET', '/tenants/alice')).body.id
})
after(() => service.close())

suite('POST /vpcs', () => {
  test('201, with its id in every dialect, several blocks of both families in their canonical form', async () => {
    const cidrs = ['10.0.0.0/16', '2001:DB8:0:0::/48', '192.168.0.0/24', 'fd00::10.0.0.0/104']
    const given = { name: 'made', region: 'region-a', cidrs, description: 'hello' }
    const made = await operator('POST', '/vpcs', { tenant: 'alice', ...given })
    assert.equal(made.status, 201)
    const { id, ids, createdAt } = made.body
    assert.match(id, UUID)
    assert.match(createdAt, TIME)
    assert.match(ids.alibaba, /^vpc-bp1[0-9a-z]{15,}$/)
    assert.match(ids.tencent, /^vpc-[0-9a-z]{8}$/)
    const expected = {
      id,
      ids: { huawei: id, alibaba: ids.alibaba, tencent: ids.tencent },
      tenant: aliceId,
      ...given,
      cidrs: ['10.0.0.0/16', '2001:db8::/48', '192.168.0.0/24', 'fd00::a00:0/104'],
      createdAt,
      updatedAt: createdAt,
    }
    assert.deepEqual(made.body, expected as unknown)
    for (const each of Object.values(ids)) {
      assert.deepEqual((await asAlice('GET', `/vpcs/${each}`)).body, expected as unknown)
    }
  })

  test('a tenant makes its own, without saying whose, or saying that it is its own', async () => {
    for (const tenant of [undefined, 'alice', aliceId]) {
      const made = await asAlice('POST', '/vpcs', { tenant, name: '', region: 'region-b', cidrs: [] })
      assert.deepEqual([made.status, made.body.tenant, made.body.cidrs], [201, aliceId, []])
    }
  })

  test('a tenant makes nobody else’s', async () => {
    const answer = await asAlice('POST', '/vpcs', { tenant: 'bob', name: '', region: 'region-a', cidrs: [] })
    assertProblem(answer, 404, 'tenant.not-found', "There is no tenant 'bob'.")
  })

  test('the operator says whose', async () => {
    const answer = await operator('POST', '/vpcs', { name: '', region: 'region-a', cidrs: [] })
    assertProblem(answer, 400, 'request.missing', 'tenant is required.')
  })

  test('a region that there is not', async () => {
    for (const region of ['nowhere', 'eu-de', '']) {
      const answer = await asAlice('POST', '/vpcs', { name: '', region, cidrs: [] })
      assertProblem(answer, 400, 'region.unknown', `There is no region '${region}'.`)
    }
  })

  const notABlock = (text: string) => `cidr '${text}': not a CIDR block without host bits.`
  const badBlocks: [string[], string][] = [
    ...['10.0.0.1/16', '10.0.0.0', '10.0.0.0/33', '10.0.0.0/-1', '10.0/16', '010.0.0.0/8', '', ' 10.0.0.0/8']
      .concat(['2001:db8::1/32', '2001:db8::/129', '::1::/64', 'fe80::%eth0/64', '10.0.0.0/08', 'x/8'])
      .map((text): [string[], string] => [[text], notABlock(text)]),
    [['10.0.0.0/8', '10.1.0.0/16'], "cidr '10.1.0.0/16': overlaps 10.0.0.0/8 of the same VPC."],
    [['10.0.0.0/16', '10.0.0.0/16'], "cidr '10.0.0.0/16': overlaps 10.0.0.0/16 of the same VPC."],
  ]
  for (const [cidrs, detail] of badBlocks) {
    test(`bad blocks: ${JSON.stringify(cidrs)}`, async () => {
      const answer = await asAlice('POST', '/vpcs', { name: 'bad', region: 'region-a', cidrs })
      assertProblem(answer, 400, 'request.invalid', detail)
      assert.deepEqual((await asAlice('GET', '/vpcs?name=bad')).body.vpcs, [])
    })
  }

  test('names may repeat', async () => {
    const given = { name: 'twice', region: 'region-a', cidrs: [] }
    assert.equal((await asAlice('POST', '/vpcs', given)).status, 201)
    assert.equal((await asAlice('POST', '/vpcs', given)).status, 201)
    assert.equal((await asAlice('GET', '/vpcs?name=twice')).body.vpcs.length, 2)
  })
})

suite('GET /vpcs', () => {
  test('one’s own; for the operator, everybody’s', async () => {
    const own = await asTenant(service, mallory)('GET', '/vpcs')
    assert.equal(own.status, 200)
    assert.equal(own.body.next, null)
    const expected = VPCS.filter(({ tenant }) => tenant === mallory).map(({ ids }) => ids)
    assert.deepEqual(
      own.body.vpcs.map(({ ids }) => ids),
      expected,
    )
    const everybodys = await operator('GET', '/vpcs?limit=1000')
    const ids = new Set(everybodys.body.vpcs.map(({ id }) => id))
    assert.ok(VPCS.every((vpc) => ids.has(vpc.ids.huawei)))
  })

  test('by page', async () => {
    const asMallory = asTenant(service, mallory)
    const whole = (await asMallory('GET', '/vpcs')).body.vpcs
    const pages = []
    let after = ''
    for (;;) {
      const { body } = await asMallory('GET', `/vpcs?limit=2${after}`)
      pages.push(body.vpcs)
      if (body.next === null) break
      assert.equal(body.next, body.vpcs.at(-1)?.id)
      after = `&after=${body.next}`
    }
    assert.deepEqual(
      pages.map(({ length }) => length),
      [2, 2, 2],
    )
    assert.deepEqual(pages.flat(), whole)
  })
})

suite('GET /vpcs/{id}', () => {
  test('unknown, or another’s', async () => {
    for (const id of [NOWHERE, vpcOf(bob, 1).ids.huawei]) {
      assertProblem(await asAlice('GET', `/vpcs/${id}`), 404, 'vpc.not-found', `There is no VPC '${id}'.`)
    }
    assert.equal((await operator('GET', `/vpcs/${vpcOf(bob, 1).ids.tencent}`)).status, 200)
  })
})

suite('DELETE /vpcs/{id}', () => {
  test('204, and then it is not there', async () => {
    const { id } = await newVpc(service, alice)
    const answer = await asAlice('DELETE', `/vpcs/${id}`)
    assert.deepEqual([answer.status, answer.body], [204, null])
    for (const method of ['GET', 'DELETE']) {
      assertProblem(await asAlice(method, `/vpcs/${id}`), 404, 'vpc.not-found', `There is no VPC '${id}'.`)
    }
  })

  test('not another’s', async () => {
    const { id } = await newVpc(service, bob)
    assertProblem(await asAlice('DELETE', `/vpcs/${id}`), 404, 'vpc.not-found', `There is no VPC '${id}'.`)
    assert.equal((await operator('GET', `/vpcs/${id}`)).status, 200)
  })

  test('not one that its owner has peered', async () => {
    const { id, requester } = await newPeering(service, alice, bob)
    const { vpc } = requester as { vpc: string }
    const detail = `VPC '${vpc}' is in peering '${id}'; delete that first.`
    assertProblem(await asAlice('DELETE', `/vpcs/${vpc}`), 409, 'vpc.in-use', detail)
    await asAlice('DELETE', `/peerings/${id}`)
    assert.equal((await asAlice('DELETE', `/vpcs/${vpc}`)).status, 204)
  })
})
