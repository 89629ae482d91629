import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Bootstrap } from '../src/app/bootstrap.ts'
import * as alibaba from './dialects/alibaba/client.ts'
import * as huawei from './dialects/huawei/client.ts'
import * as tencent from './dialects/tencent/client.ts'
import { native, startService, type TestService } from './rig/service.ts'
import { alice, bob, vpcOf } from './rig/tenants.ts'

/**
 * The pages this project began with: their example requests, as they print them, signed and sent, get the answers
 * that the pages print. Ids that a page prints for what a request makes are made anew here, of course.
 */

/** Both of one tenant in the page that creates; of two in the one that refuses. */
const LOCAL_VPC = '9daeac7c-a98f-430f-8e38-67f9c044e299'
const PEER_VPC = 'f583c072-0bb8-4e19-afb2-afb7c1693be5'
/** As the pages print it; the service writes project ids without dashes. */
const PROJECT = 'f65e9ebc-ed5d-418b-a931-9a723718ba4e'
const PEER_PROJECT = '059a737356594b41b447b557bf0aae56'

const undashed = (project: string) => project.replaceAll('-', '')

const local = { ...alice, projects: { ...alice.projects, 'region-a': undashed(PROJECT) } }
const peer = { ...bob, projects: { ...bob.projects, 'region-a': PEER_PROJECT } }

/** The two VPCs of the pages, the second one this tenant's. */
function bootstrapFor(ownerOfPeer: string) {
  const regions = [{ name: 'region-a', huawei: [], alibaba: [], tencent: [] }]
  const vpc = (tenant: string, name: string, cidr: string, id: string) => ({
    tenant,
    name,
    region: 'region-a',
    cidrs: [cidr],
    ids: { huawei: id },
  })
  return {
    regions,
    tenants: [local, peer].map(({ name, key, projects }) => ({
      name,
      huawei: { projects: { 'region-a': projects['region-a'] } },
      accessKeys: [key],
    })),
    vpcs: [
      vpc(local.name, 'local', '10.1.0.0/16', LOCAL_VPC),
      vpc(ownerOfPeer, 'peer', '10.2.0.0/16', PEER_VPC),
    ],
  } satisfies Record<keyof Bootstrap, unknown>
}

suite('Huawei Cloud: creating a VPC peering connection', () => {
  /** The example of the English page and of the Chinese one, byte for byte. */
  const EXAMPLES = {
    English: `{ 
        "peering": { 
            "name": "test",  
            "request_vpc_info": {
               "vpc_id": "9daeac7c-a98f-430f-8e38-67f9c044e299"
            }, 
            "accept_vpc_info": {
               "vpc_id": "f583c072-0bb8-4e19-afb2-afb7c1693be5"
            }
        } 
    }`,
    Chinese: `{ 
        "peering": { 
            "name": "test",  
            "request_vpc_info": {
               "vpc_id": "9daeac7c-a98f-430f-8e38-67f9c044e299"
            }, 
            "accept_vpc_info": {
               "vpc_id": "f583c072-0bb8-4e19-afb2-afb7c1693be5"
            }
        } 
    }
`,
  }

  for (const [page, body] of Object.entries(EXAMPLES)) {
    test(`the ${page} page`, async () => {
      const service = await startService({ bootstrap: bootstrapFor(local.name) })
      try {
        const answer = await huawei.client(service, local)('POST', '/v2.0/vpc/peerings', { body })
        assert.equal(answer.status, 201)
        assert.deepEqual(Object.keys(answer.body), ['peering'])
        const { id, description, created_at, updated_at, ...documented } = answer.body.peering
        assert.deepEqual(documented, {
          name: 'test',
          request_vpc_info: { vpc_id: LOCAL_VPC, tenant_id: undashed(PROJECT) },
          accept_vpc_info: { vpc_id: PEER_VPC, tenant_id: undashed(PROJECT) },
          status: 'ACTIVE',
        })
        assert.match(id, huawei.UUID)
        // In the table of parameters, if not in the example.
        assert.equal(description, '')
        assert.match(created_at, huawei.TIME)
        assert.match(updated_at, huawei.TIME)
      } finally {
        await service.close()
      }
    })
  }

  test('of two tenants the peer must agree, and without its project it is not found', async () => {
    const service = await startService({ bootstrap: bootstrapFor(peer.name) })
    try {
      const send = huawei.client(service, local)
      assert.equal((await send('POST', '/v2.0/vpc/peerings', { body: EXAMPLES.English })).status, 400)
      const body = huawei.askBody(LOCAL_VPC, PEER_VPC, { name: 'test' }, huawei.dashed(PEER_PROJECT))
      const answer = await send('POST', '/v2.0/vpc/peerings', { body })
      assert.equal(answer.body.peering.status, 'PENDING_ACCEPTANCE')
    } finally {
      await service.close()
    }
  })
})

suite('Huawei Cloud: refusing a VPC peering connection', () => {
  test('the example', async () => {
    const service = await startService({ bootstrap: bootstrapFor(peer.name) })
    try {
      const body = huawei.askBody(LOCAL_VPC, PEER_VPC, { name: 'test' }, PEER_PROJECT)
      const asked = await huawei.client(service, local)('POST', '/v2.0/vpc/peerings', { body })
      const { id } = asked.body.peering
      const answer = await huawei.client(service, peer)('PUT', `/v2.0/vpc/peerings/${id}/reject`)
      assert.equal(answer.status, 200)
      // Not wrapped in anything.
      const { description, created_at, updated_at, ...documented } = answer.body
      assert.deepEqual(documented, {
        name: 'test',
        id,
        request_vpc_info: { vpc_id: LOCAL_VPC, tenant_id: undashed(PROJECT) },
        accept_vpc_info: { vpc_id: PEER_VPC, tenant_id: PEER_PROJECT },
        status: 'REJECTED',
      } as unknown)
      assert.equal(description, '')
      assert.match(created_at, huawei.TIME)
      assert.match(updated_at, huawei.TIME)
    } finally {
      await service.close()
    }
  })
})

/** A peering that alice has asked bob for, with its id in every cloud. */
async function ask(service: TestService, number: number) {
  const token = `${alice.key.id}.${alice.key.secret}`
  const body = {
    requesterVpc: vpcOf(alice, number).ids.huawei,
    accepterVpc: vpcOf(bob, number).ids.huawei,
    name: 'a peering',
  }
  const made: { status: number; body: { ids: Record<'huawei' | 'alibaba' | 'tencent', string> } } =
    await native(service, token, 'POST', '/peerings', body)
  assert.equal(made.status, 201)
  return made.body.ids
}

const statusOf = async (service: TestService, id: string) =>
  (await huawei.client(service, alice)('GET', `/v2.0/vpc/peerings/${id}`)).body.peering.status

suite('Alibaba Cloud: RejectVpcPeerConnection', () => {
  let service: TestService
  before(async () => {
    service = await startService()
  })
  after(() => service.close())

  const reject = (parameters: Record<string, string | boolean>, style: alibaba.Style = 'acs3') =>
    alibaba.send(
      service.url,
      alibaba.sign(service.host, bob, 'RejectVpcPeerConnection', parameters, { style }),
    )

  test('the example: its answer has a request id and nothing else', async () => {
    for (const [number, style] of [
      [1, 'acs3'],
      [2, 'get'],
    ] as const) {
      const ids = await ask(service, number)
      const ClientToken = `123e4567-e89b-12d3-a456-42665544000${number}`
      const answer = await reject({ InstanceId: ids.alibaba, DryRun: false, ClientToken }, style)
      assert.equal(answer.status, 200)
      assert.deepEqual(Object.keys(answer.body), ['RequestId'])
      assert.match(answer.body.RequestId, /^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/)
      assert.equal(await statusOf(service, ids.huawei), 'REJECTED')
    }
  })

  test('a dry run says so, and refuses nothing', async () => {
    const ids = await ask(service, 3)
    const answer = await reject({ InstanceId: ids.alibaba, DryRun: true })
    assert.equal(answer.body.Code, 'DryRunOperation')
    assert.equal(await statusOf(service, ids.huawei), 'PENDING_ACCEPTANCE')
  })

  test('its two errors', async () => {
    const unknown = await reject({ InstanceId: 'pcc-lnk0m24khwvtkm0****' })
    assert.deepEqual([unknown.status, unknown.body.Code], [400, 'ResourceNotFound.InstanceId'])
    assert.match(unknown.body.Message, /^The specified resource of .+ is not found\.$/)
    const ids = await ask(service, 4)
    await reject({ InstanceId: ids.alibaba })
    const again = await reject({ InstanceId: ids.alibaba })
    assert.deepEqual([again.status, again.body.Code], [400, 'IncorrectStatus.VpcPeer'])
    assert.match(again.body.Message, /^The status of .+ \[.+\] is incorrect\.$/)
  })
})

suite('Tencent Cloud: RejectVpcPeeringConnection', () => {
  let service: TestService
  before(async () => {
    service = await startService()
  })
  after(() => service.close())

  const reject = (peeringConnectionId: string, method: 'GET' | 'POST' = 'GET') =>
    tencent.send<{ code: number; message: string; codeDesc: string }>(
      service.url,
      tencent.signWithParameters(
        service.host,
        '/v2/index.php',
        bob,
        [
          ['Action', 'RejectVpcPeeringConnection'],
          ['Region', 'gz'],
          ['peeringConnectionId', peeringConnectionId],
        ],
        { method },
      ),
    )

  test('the example: the code is the number 0, whatever the page prints, and the message is empty', async () => {
    for (const [number, method] of [
      [1, 'GET'],
      [2, 'POST'],
    ] as const) {
      const ids = await ask(service, number)
      assert.match(ids.tencent, /^pcx-[0-9a-z]{8}$/)
      const answer = await reject(ids.tencent, method)
      assert.equal(answer.status, 200)
      // Other pages of this API document the third member.
      assert.deepEqual(answer.body, { code: 0, message: '', codeDesc: 'Success' })
      assert.equal(await statusOf(service, ids.huawei), 'REJECTED')
    }
  })

  test('its error for a peering that does not exist', async () => {
    const answer = await reject('pcx-8g675gr8')
    assert.notEqual(answer.body.code, 0)
    assert.equal(answer.body.codeDesc, 'InvalidPeeringConnection.NotFound')
  })
})
