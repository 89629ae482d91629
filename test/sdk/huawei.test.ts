import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import core from '@huaweicloud/huaweicloud-sdk-core'
// The package's own entry asks for a file that it does not have.
import iam from '@huaweicloud/huaweicloud-sdk-iam/v3/public-api.js'
import vpc from '@huaweicloud/huaweicloud-sdk-vpc'
import { startService, type TestService } from '../rig/service.ts'
import { alice, bob, mallory, type TestTenant, vpcOf } from '../rig/tenants.ts'

/** The vendor's own SDK, as npm has it, told nothing but where the service is. */
const { BasicCredentials, GlobalCredentials, Region } = core
const { VpcClient } = vpc
type Vpc = ReturnType<ReturnType<typeof VpcClient.newBuilder>['build']>

let service: TestService
let home: string
const realHome = process.env['HOME']

before(async () => {
  // At its first use the SDK writes a file into the user's home.
  home = mkdtempSync(join(tmpdir(), 'isthmus-test-home-'))
  process.env['HOME'] = home
  // It also prints every failure, whole, among what the tests report.
  const require = createRequire(createRequire(import.meta.url).resolve('@huaweicloud/huaweicloud-sdk-core'))
  require('log4js').getLogger().level = 'off'
  service = await startService()
})
after(async () => {
  await service.close()
  process.env['HOME'] = realHome
  rmSync(home, { recursive: true, force: true })
})

const keyOf = ({ key }: TestTenant) => new BasicCredentials().withAk(key.id).withSk(key.secret)

/** The ways in which a user may set the client up. */
const SETUPS: Record<string, (tenant: TestTenant) => Vpc> = {
  'with a project': (tenant) =>
    VpcClient.newBuilder()
      .withCredential(keyOf(tenant).withProjectId(tenant.projects['region-a']))
      .withEndpoint(service.url)
      .build(),
  'without a project': (tenant) =>
    VpcClient.newBuilder().withCredential(keyOf(tenant)).withEndpoint(service.url).build(),
  'with a region, whose project it looks up': (tenant) =>
    VpcClient.newBuilder()
      .withCredential(keyOf(tenant).withIamEndpoint(service.url))
      .withRegion(new Region('eu-de', [service.url]))
      .build(),
  'with derived keys': (tenant) =>
    VpcClient.newBuilder()
      .withCredential(
        keyOf(tenant)
          .withProjectId(tenant.projects['region-a'])
          .withDerivedPredicate(() => true),
      )
      .withEndpoint(service.url)
      .build(),
}

/** The request for a peering between the VPCs of these numbers, as the SDK wants it built. */
function asking(requester: TestTenant, ours: number, accepter: TestTenant, theirs: number, name: string) {
  const option = new vpc.CreateVpcPeeringOption()
    .withName(name)
    .withRequestVpcInfo(new vpc.VpcInfo().withVpcId(vpcOf(requester, ours).ids.huawei))
    .withAcceptVpcInfo(
      new vpc.VpcInfo()
        .withVpcId(vpcOf(accepter, theirs).ids.huawei)
        .withTenantId(accepter.projects['region-a']),
    )
  const body = new vpc.CreateVpcPeeringRequestBody().withPeering(option)
  return new vpc.CreateVpcPeeringRequest().withBody(body)
}

/** A plain object where the SDK has a class for one, which it takes as well; and the other way round. */
const plain = <T>(value: unknown): T => structuredClone(value) as T

/** What the SDK throws, as users see it. */
async function refusal(promise: Promise<unknown>) {
  const error: unknown = await promise.then(
    () => assert.fail('it succeeded'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof Error && error.constructor.name === 'ClientRequestException', String(error))
  const { requestId, httpStatusCode, errorCode, errorMsg } = error as Error & Record<string, unknown>
  assert.match(String(requestId), /^[0-9a-f]{32}$/)
  return [httpStatusCode, errorCode, errorMsg]
}

for (const [setup, clientOf] of Object.entries(SETUPS)) {
  suite(setup, () => {
    let asAlice: Vpc
    let asBob: Vpc
    before(() => {
      asAlice = clientOf(alice)
      asBob = clientOf(bob)
    })

    const show = async (client: Vpc, id: string) =>
      (await client.showVpcPeering(new vpc.ShowVpcPeeringRequest(id))).peering

    test('ask, list, show, rename, accept, delete', async () => {
      const created = await asAlice.createVpcPeering(asking(alice, 1, bob, 1, 'ümlaut & more'))
      assert.equal(created.httpStatusCode, 201)
      const { id, status } = created.peering ?? {}
      assert.ok(id)
      assert.equal(status, 'PENDING_ACCEPTANCE')

      const filtered = new vpc.ListVpcPeeringsRequest()
        .withName('ümlaut & more')
        .withVpcId(vpcOf(bob, 1).ids.huawei)
        .withTenantId(alice.projects['region-a'])
        .withStatus('PENDING_ACCEPTANCE')
      assert.deepEqual((await asBob.listVpcPeerings(filtered)).peerings, [created.peering])

      const option = new vpc.UpdateVpcPeeringOption().withName("it's (a) *test*!~").withDescription('now')
      const updated = await asAlice.updateVpcPeering(
        new vpc.UpdateVpcPeeringRequest(id).withBody(
          new vpc.UpdateVpcPeeringRequestBody().withPeering(option),
        ),
      )
      assert.equal(updated.httpStatusCode, 200)
      assert.partialDeepStrictEqual(updated.peering, { name: "it's (a) *test*!~", description: 'now' })
      const renamed = new vpc.ListVpcPeeringsRequest().withName("it's (a) *test*!~").withLimit(0)
      assert.equal((await asAlice.listVpcPeerings(renamed)).peerings?.length, 1)

      const accepted = await asBob.acceptVpcPeering(new vpc.AcceptVpcPeeringRequest(id))
      assert.equal(accepted.httpStatusCode, 200)
      assert.partialDeepStrictEqual(accepted, { id, status: 'ACTIVE', name: "it's (a) *test*!~" })
      assert.equal((await show(asAlice, id))?.status, 'ACTIVE')

      const deleted = await asAlice.deleteVpcPeering(new vpc.DeleteVpcPeeringRequest(id))
      assert.equal(deleted.httpStatusCode, 204)
      assert.deepEqual(await refusal(show(asBob, id)), [
        404,
        'VpcPeeringNotFound',
        `VPC peering ${id} could not be found.`,
      ])
    })

    test('ask, refuse, delete', async () => {
      const { peering } = await asAlice.createVpcPeering(asking(alice, 2, bob, 2, 'to be refused'))
      const id = peering?.id ?? ''
      const rejected = await asBob.rejectVpcPeering(new vpc.RejectVpcPeeringRequest(id))
      assert.equal(rejected.httpStatusCode, 200)
      assert.partialDeepStrictEqual(rejected, {
        id,
        status: 'REJECTED',
        request_vpc_info: { vpc_id: vpcOf(alice, 2).ids.huawei, tenant_id: alice.projects['region-a'] },
        accept_vpc_info: { vpc_id: vpcOf(bob, 2).ids.huawei, tenant_id: bob.projects['region-a'] },
      })
      assert.equal((await show(asAlice, id))?.status, 'REJECTED')
      assert.equal((await asBob.deleteVpcPeering(new vpc.DeleteVpcPeeringRequest(id))).httpStatusCode, 204)
    })

    test('a list in pages', async () => {
      const made: (string | undefined)[] = []
      for (const [ours, theirs] of [
        [1, 3],
        [1, 4],
        [2, 3],
        [2, 4],
        [3, 3],
      ] as const) {
        const answer = await asAlice.createVpcPeering(asking(alice, ours, bob, theirs, 'one of five'))
        made.push(answer.peering?.id)
      }
      const seen: (string | undefined)[] = []
      for (;;) {
        const request = new vpc.ListVpcPeeringsRequest().withName('one of five').withLimit(2)
        const marker = seen.at(-1)
        const { peerings = [] } = await asBob.listVpcPeerings(marker ? request.withMarker(marker) : request)
        if (peerings.length === 0) break
        seen.push(...peerings.map(({ id }) => id))
      }
      assert.deepEqual(seen, made)
      for (const id of made) await asBob.deleteVpcPeering(new vpc.DeleteVpcPeeringRequest(id))
    })

    test('VPCs', async () => {
      const option = new vpc.CreateVpcOption().withName(`of-the-sdk`).withCidr('192.168.0.0/16')
      const body = new vpc.CreateVpcRequestBody().withVpc(option)
      const created = await asAlice.createVpc(new vpc.CreateVpcRequest().withBody(body))
      assert.equal(created.httpStatusCode, 200)
      const id = created.vpc?.id ?? ''
      const shown = await asAlice.showVpc(new vpc.ShowVpcRequest(id))
      assert.partialDeepStrictEqual(shown.vpc, {
        id,
        name: 'of-the-sdk',
        cidr: '192.168.0.0/16',
        status: 'OK',
      })
      const listed = await asAlice.listVpcs(new vpc.ListVpcsRequest().withId(id))
      assert.deepEqual(
        listed.vpcs?.map((each) => each.id),
        [id],
      )
      assert.equal((await asAlice.deleteVpc(new vpc.DeleteVpcRequest(id))).httpStatusCode, 204)
      assert.deepEqual(await refusal(asAlice.showVpc(new vpc.ShowVpcRequest(id))), [
        404,
        'VPC.0003',
        'VPC does not exist.',
      ])
    })

    test('a whole workflow of two tenants: networks, a peering, routes both ways, and all of it away again', async () => {
      const makeVpc = async (client: Vpc, name: string, cidr: string) => {
        const body = plain<vpc.CreateVpcRequestBody>({ vpc: { name, cidr } })
        const made = await client.createVpc(new vpc.CreateVpcRequest().withBody(body))
        assert.equal(made.httpStatusCode, 200)
        return made.vpc?.id ?? ''
      }
      const ours = await makeVpc(asAlice, `ours-${setup.length}`, '10.50.0.0/16')
      const theirs = await makeVpc(asBob, `theirs-${setup.length}`, '10.51.0.0/16')

      const option = { name: 'renamed', description: 'of the SDK' }
      const changed = await asAlice.updateVpc(new vpc.UpdateVpcRequest(ours).withBody(plain({ vpc: option })))
      assert.partialDeepStrictEqual(changed.vpc, option)
      const tags = { action: 'create', tags: [{ key: 'env', value: 'test' }] }
      await asAlice.batchCreateVpcTags(new vpc.BatchCreateVpcTagsRequest(ours).withBody(plain(tags)))
      const tagged = await asAlice.showVpcTags(new vpc.ShowVpcTagsRequest(ours))
      assert.deepEqual(plain(tagged.tags), tags.tags)

      const one = plain<vpc.CreateVpcResourceTagRequestBody>({ tag: { key: 'a/b c', value: '' } })
      await asAlice.createVpcResourceTag(new vpc.CreateVpcResourceTagRequest(ours).withBody(one))
      await asAlice.deleteVpcTag(new vpc.DeleteVpcTagRequest(ours, 'env'))
      const kept = await asAlice.showVpcTags(new vpc.ShowVpcTagsRequest(ours))
      assert.deepEqual(plain(kept.tags), [{ key: 'a/b c', value: '' }])

      const subnet = { name: 's', cidr: '10.50.1.0/24', gateway_ip: '10.50.1.1', vpc_id: ours }
      const inOurs = await asAlice.createSubnet(new vpc.CreateSubnetRequest().withBody(plain({ subnet })))
      const subnetId = inOurs.subnet?.id ?? ''
      const subnets = await asAlice.listSubnets(new vpc.ListSubnetsRequest().withVpcId(ours))
      assert.deepEqual(
        subnets.subnets?.map(({ id, status }) => [id, status]),
        [[subnetId, 'ACTIVE']],
      )

      const { peering } = await asAlice.createVpcPeering(
        new vpc.CreateVpcPeeringRequest().withBody(
          plain({
            peering: {
              name: 'joined',
              request_vpc_info: { vpc_id: ours },
              accept_vpc_info: { vpc_id: theirs, tenant_id: bob.projects['region-a'] },
            },
          }),
        ),
      )
      const through = peering?.id ?? ''
      await asBob.acceptVpcPeering(new vpc.AcceptVpcPeeringRequest(through))

      const route = { type: 'peering', nexthop: through, destination: '10.51.0.0/16', vpc_id: ours }
      const there = await asAlice.createVpcRoute(new vpc.CreateVpcRouteRequest().withBody(plain({ route })))
      assert.deepEqual([there.httpStatusCode, there.route?.destination], [201, '10.51.0.0/16'])
      // The other side by its default route table, which is the same thing.
      const tables = await asBob.listRouteTables(new vpc.ListRouteTablesRequest().withVpcId(theirs))
      const table = tables.routetables?.[0]?.id ?? ''
      const back = { type: 'peering', nexthop: through, destination: '10.50.0.0/16', description: 'back' }
      const updated = await asBob.updateRouteTable(
        new vpc.UpdateRouteTableRequest(table).withBody(plain({ routetable: { routes: { add: [back] } } })),
      )
      assert.deepEqual(
        updated.routetable?.routes?.filter(({ type }) => type === 'peering').map((each) => ({ ...each })),
        [back],
      )
      const backAgain = await asBob.listVpcRoutes(new vpc.ListVpcRoutesRequest().withVpcId(theirs))
      assert.deepEqual(
        backAgain.routes?.map(({ destination, nexthop }) => [destination, nexthop]),
        [['10.50.0.0/16', through]],
      )

      const own = await asAlice.createRouteTable(
        new vpc.CreateRouteTableRequest().withBody(plain({ routetable: { vpc_id: ours, name: 'own' } })),
      )
      const ownId = own.routetable?.id ?? ''
      const joined = await asAlice.associateRouteTable(
        new vpc.AssociateRouteTableRequest(ownId).withBody(
          plain({ routetable: { subnets: { associate: [subnetId] } } }),
        ),
      )
      assert.deepEqual(plain(joined.routetable?.subnets), [{ id: subnetId }])

      const quota = await asAlice.showQuota(new vpc.ShowQuotaRequest().withType('vpcPeer'))
      assert.equal(quota.quotas?.resources?.[0]?.type, 'vpcPeer')

      // A VPC with anything in it stays, and the user is told what is in the way.
      const [status, code, message] = await refusal(asAlice.deleteVpc(new vpc.DeleteVpcRequest(ours)))
      assert.deepEqual([status, code], [409, 'VPC.0104'])
      assert.ok(String(message).includes(subnetId))
      await asAlice.disassociateRouteTable(
        new vpc.DisassociateRouteTableRequest(ownId).withBody(
          plain({ routetable: { subnets: { disassociate: [subnetId] } } }),
        ),
      )
      await asAlice.deleteRouteTable(new vpc.DeleteRouteTableRequest(ownId))
      await asAlice.deleteVpcRoute(new vpc.DeleteVpcRouteRequest(there.route?.id ?? ''))
      await asBob.deleteVpcPeering(new vpc.DeleteVpcPeeringRequest(through))
      const left = await asBob.listVpcRoutes(new vpc.ListVpcRoutesRequest().withVpcId(theirs))
      assert.deepEqual(left.routes, [])
      await asAlice.deleteSubnet(new vpc.DeleteSubnetRequest(ours, subnetId))
      for (const [client, id] of [
        [asAlice, ours],
        [asBob, theirs],
      ] as const) {
        assert.equal((await client.deleteVpc(new vpc.DeleteVpcRequest(id))).httpStatusCode, 204)
        const gone = await refusal(client.showVpc(new vpc.ShowVpcRequest(id)))
        assert.deepEqual(gone, [404, 'VPC.0003', 'VPC does not exist.'])
      }
    })

    test('every documented failure reaches the user with its code and its words', async () => {
      const { peering } = await asAlice.createVpcPeering(asking(alice, 4, bob, 4, 'a'))
      const id = peering?.id ?? ''
      assert.deepEqual(await refusal(asAlice.createVpcPeering(asking(alice, 4, bob, 4, 'again'))), [
        409,
        'VpcPeeringExists',
        `VPC peering ${id} between these two VPCs already exists.`,
      ])
      assert.deepEqual(await refusal(asAlice.acceptVpcPeering(new vpc.AcceptVpcPeeringRequest(id))), [
        403,
        'PolicyNotAuthorized',
        '(rule:accept_vpc_peering) is disallowed by policy: only the tenant of the other VPC may do this.',
      ])
      await asBob.rejectVpcPeering(new vpc.RejectVpcPeeringRequest(id))
      assert.deepEqual(await refusal(asBob.acceptVpcPeering(new vpc.AcceptVpcPeeringRequest(id))), [
        400,
        'InvalidInput',
        `Invalid input for operation: VPC peering ${id} is REJECTED, which does not allow accept.`,
      ])
      assert.deepEqual(await refusal(show(clientOf(mallory), id)), [
        404,
        'VpcPeeringNotFound',
        `VPC peering ${id} could not be found.`,
      ])
      const [, , message] = await refusal(asAlice.createVpcPeering(asking(alice, 1, mallory, 5, 'a')))
      assert.match(String(message), /^Invalid input for operation: Accept VPC id or tenant id is incorrect\./)
      const [status, code] = await refusal(asAlice.createVpcPeering(asking(alice, 1, bob, 1, '')))
      assert.deepEqual([status, code], [400, 'HTTPBadRequest'])
      await asBob.deleteVpcPeering(new vpc.DeleteVpcPeeringRequest(id))
    })

    test('a wrong secret: the answer shows what was signed', async () => {
      const client = clientOf({ ...alice, key: { ...alice.key, secret: 'wrong' } })
      const [status, code, message] = await refusal(client.listVpcPeerings(new vpc.ListVpcPeeringsRequest()))
      assert.deepEqual([status, code], [401, 'APIGW.0301'])
      assert.match(String(message), /verify aksk signature fail, canonicalRequest:GET\|\/v/)
    })
  })
}

test('the v3 client: a VPC gets another block, and loses it', async () => {
  const { VpcClient: VpcClientV3 } = vpc.v3
  const client = VpcClientV3.newBuilder()
    .withCredential(keyOf(alice).withProjectId(alice.projects['region-a']))
    .withEndpoint(service.url)
    .build()
  const { ids } = vpcOf(alice, 1)
  const body = plain<vpc.v3.AddVpcExtendCidrRequestBody>({ vpc: { extend_cidrs: ['172.20.0.0/16'] } })
  await client.addVpcExtendCidr(new vpc.v3.AddVpcExtendCidrRequest(ids.huawei).withBody(body))
  const shown = await client.showVpc(new vpc.v3.ShowVpcRequest(ids.huawei))
  const extended = { status: 'ACTIVE', extend_cidrs: ['172.20.0.0/16'] }
  assert.partialDeepStrictEqual(plain<typeof extended>(shown.vpc), extended)
  const listed = await client.listVpcs(new vpc.v3.ListVpcsRequest().withId([ids.huawei]))
  assert.equal(listed.vpcs?.length, 1)
  await client.removeVpcExtendCidr(new vpc.v3.RemoveVpcExtendCidrRequest(ids.huawei).withBody(plain(body)))
  const again = await client.showVpc(new vpc.v3.ShowVpcRequest(ids.huawei))
  assert.deepEqual(plain<typeof extended>(again.vpc).extend_cidrs, [])
})

test('the client of IAM: domains, projects, users, catalogue, tokens', async () => {
  const credentials = new GlobalCredentials().withAk(alice.key.id).withSk(alice.key.secret)
  const anonymous = iam.IamClient.newBuilder().withEndpoint(service.url)
  const domains = await anonymous
    .withCredential(credentials)
    .build()
    .keystoneListAuthDomains(new iam.KeystoneListAuthDomainsRequest())
  const domain = domains.domains?.[0]
  assert.equal(domain?.name, 'alice')
  const client = iam.IamClient.newBuilder()
    .withCredential(credentials.withDomainId(domain?.id ?? ''))
    .withEndpoint(service.url)
    .build()
  const projects = await client.keystoneListProjects(new iam.KeystoneListProjectsRequest().withName('eu-de'))
  assert.deepEqual(
    projects.projects?.map(({ id, name }) => [id, name]),
    [[alice.projects['region-a'], 'eu-de']],
  )
  const users = await client.keystoneListUsers(new iam.KeystoneListUsersRequest().withName('alice'))
  assert.equal(users.users?.length, 1)
  const { catalog } = await client.keystoneShowCatalog(new iam.KeystoneShowCatalogRequest())
  assert.deepEqual(
    catalog?.map(({ type }) => type),
    ['identity', 'network'],
  )
  const user = { domain: { name: 'alice' }, name: 'alice', password: alice.password }
  const auth = {
    identity: { methods: ['password'], password: { user } },
    scope: { domain: { name: 'alice' } },
  }
  const made = await client.keystoneCreateUserTokenByPassword(
    new iam.KeystoneCreateUserTokenByPasswordRequest().withBody(plain({ auth })),
  )
  assert.equal(made.httpStatusCode, 201)
  assert.equal(made.token?.user?.name, 'alice')
})
