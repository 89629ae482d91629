import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import core from '@huaweicloud/huaweicloud-sdk-core'
import vpc from '@huaweicloud/huaweicloud-sdk-vpc'
import { startService, type TestService } from '../rig/service.ts'
import { alice, bob, mallory, type TestTenant, vpcOf } from '../rig/tenants.ts'

/** The vendor's own SDK, as npm has it, told nothing but where the service is. */
const { BasicCredentials, Region } = core
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
