import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import RPCClient from '@alicloud/pop-core'
import core from '@huaweicloud/huaweicloud-sdk-core'
import vpc from '@huaweicloud/huaweicloud-sdk-vpc'
import { vpc as tencentVpc } from 'tencentcloud-sdk-nodejs/tencentcloud/services/vpc/index.js'
import { startService, type TestService } from '../rig/service.ts'
import { alice, bob, type TestTenant } from '../rig/tenants.ts'

/**
 * The vendors' own SDKs together: VPCs and routes are one vendor's, the peering and its acceptance another's, each told
 * the ids that the other one answered.
 */

let service: TestService
let home: string
const realHome = process.env['HOME']
before(async () => {
  // At its first use one of the SDKs writes a file into the user's home, and another goes by way of a proxy.
  home = mkdtempSync(join(tmpdir(), 'isthmus-test-home-'))
  process.env['HOME'] = home
  for (const name of ['http_proxy', 'HTTP_PROXY']) delete process.env[name]
  service = await startService()
})
after(async () => {
  await service.close()
  process.env['HOME'] = realHome
  rmSync(home, { recursive: true, force: true })
})

/** What a tenant does with one vendor's SDK. Ids are whatever the SDK that made the thing answered. */
interface Hands {
  makeVpc(name: string, cidr: string): Promise<string>
  addRoute(vpcId: string, destination: string, peering: string): Promise<void>
  /** Destinations, of routes through peerings. */
  routesOf(vpcId: string): Promise<readonly string[]>
  ask(ours: string, theirs: string, other: TestTenant): Promise<string>
  accept(peering: string): Promise<void>
  isActive(peering: string): Promise<boolean>
  end(peering: string): Promise<void>
  deleteVpc(vpcId: string): Promise<void>
}

const plain = <T>(value: unknown) => value as T

const huawei = (tenant: TestTenant): Hands => {
  const credential = new core.BasicCredentials().withAk(tenant.key.id).withSk(tenant.key.secret)
  const client = vpc.VpcClient.newBuilder()
    .withCredential(credential.withProjectId(tenant.projects['region-a']))
    .withEndpoint(service.url)
    .build()
  return {
    async makeVpc(name, cidr) {
      const body = plain<vpc.CreateVpcRequestBody>({ vpc: { name, cidr } })
      return (await client.createVpc(new vpc.CreateVpcRequest().withBody(body))).vpc?.id ?? ''
    },
    async addRoute(vpcId, destination, nexthop) {
      const route = { type: 'peering', nexthop, destination, vpc_id: vpcId }
      await client.createVpcRoute(new vpc.CreateVpcRouteRequest().withBody(plain({ route })))
    },
    async routesOf(vpcId) {
      const { routes } = await client.listVpcRoutes(new vpc.ListVpcRoutesRequest().withVpcId(vpcId))
      return (routes ?? []).map(({ destination }) => destination ?? '')
    },
    async ask(ours, theirs, other) {
      const peering = {
        name: 'across',
        request_vpc_info: { vpc_id: ours },
        accept_vpc_info: { vpc_id: theirs, tenant_id: other.projects['region-a'] },
      }
      const made = await client.createVpcPeering(
        new vpc.CreateVpcPeeringRequest().withBody(plain({ peering })),
      )
      return made.peering?.id ?? ''
    },
    async accept(peering) {
      await client.acceptVpcPeering(new vpc.AcceptVpcPeeringRequest(peering))
    },
    async isActive(peering) {
      const shown = await client.showVpcPeering(new vpc.ShowVpcPeeringRequest(peering))
      return String(shown.peering?.status) === 'ACTIVE'
    },
    async end(peering) {
      await client.deleteVpcPeering(new vpc.DeleteVpcPeeringRequest(peering))
    },
    async deleteVpc(vpcId) {
      await client.deleteVpc(new vpc.DeleteVpcRequest(vpcId))
    },
  }
}

type Answer = Readonly<Record<string, unknown>>

const alibaba = (tenant: TestTenant): Hands => {
  const RegionId = 'cn-hangzhou'
  const callOf = (apiVersion: string) => {
    const client = new RPCClient({
      endpoint: service.url,
      apiVersion,
      accessKeyId: tenant.key.id,
      accessKeySecret: tenant.key.secret,
    })
    return (action: string, parameters: object) =>
      client.request<Answer>(action, { RegionId, ...parameters }, { method: 'POST' })
  }
  const [network, peering] = [callOf('2016-04-28'), callOf('2022-01-01')]
  const listOf = (answer: Answer, list: string, item: string) =>
    (answer[list] as Readonly<Record<string, readonly Answer[]>>)[item] ?? []
  const table = async (VpcId: string) => {
    const found = await network('DescribeRouteTableList', { VpcId })
    return listOf(found, 'RouterTableList', 'RouterTableListType')[0]?.['RouteTableId']
  }
  return {
    makeVpc: async (VpcName, CidrBlock) =>
      String((await network('CreateVpc', { VpcName, CidrBlock }))['VpcId']),
    async addRoute(vpcId, DestinationCidrBlock, NextHopId) {
      const route = {
        RouteTableId: await table(vpcId),
        DestinationCidrBlock,
        NextHopType: 'VpcPeer',
        NextHopId,
      }
      await network('CreateRouteEntry', route)
    },
    async routesOf(vpcId) {
      const query = { RouteTableId: await table(vpcId), RouteEntryType: 'Custom' }
      const entries = listOf(await network('DescribeRouteEntryList', query), 'RouteEntrys', 'RouteEntry')
      return entries.map((entry) => String(entry['DestinationCidrBlock']))
    },
    async ask(VpcId, AcceptingVpcId, other) {
      const accepting = { AcceptingVpcId, AcceptingAliUid: other.uid, AcceptingRegionId: RegionId }
      return String((await peering('CreateVpcPeerConnection', { VpcId, ...accepting }))['InstanceId'])
    },
    async accept(InstanceId) {
      await peering('AcceptVpcPeerConnection', { InstanceId })
    },
    isActive: async (InstanceId) =>
      (await peering('GetVpcPeerConnectionAttribute', { InstanceId }))['Status'] === 'Activated',
    async end(InstanceId) {
      await peering('DeleteVpcPeerConnection', { InstanceId, Force: true })
    },
    async deleteVpc(VpcId) {
      await network('DeleteVpc', { VpcId })
    },
  }
}

const tencent = (tenant: TestTenant): Hands => {
  const client = new tencentVpc.v20170312.Client({
    credential: { secretId: tenant.key.id, secretKey: tenant.key.secret },
    region: 'ap-guangzhou',
    profile: { httpProfile: { endpoint: new URL(service.url).host, protocol: 'http://' } },
  })
  const table = async (vpcId: string) => {
    const Filters = [
      { Name: 'vpc-id', Values: [vpcId] },
      { Name: 'association.main', Values: ['true'] },
    ]
    return (await client.DescribeRouteTables({ Filters })).RouteTableSet?.[0]
  }
  return {
    makeVpc: async (VpcName, CidrBlock) => (await client.CreateVpc({ VpcName, CidrBlock })).Vpc?.VpcId ?? '',
    async addRoute(vpcId, DestinationCidrBlock, GatewayId) {
      const RouteTableId = (await table(vpcId))?.RouteTableId ?? ''
      const route = { DestinationCidrBlock, GatewayType: 'PEERCONNECTION', GatewayId, RouteDescription: '' }
      await client.CreateRoutes({ RouteTableId, Routes: [route] })
    },
    async routesOf(vpcId) {
      const routes = (await table(vpcId))?.RouteSet ?? []
      return routes
        .filter(({ GatewayType }) => GatewayType === 'PEERCONNECTION')
        .map(({ DestinationCidrBlock }) => DestinationCidrBlock ?? '')
    },
    async ask(SourceVpcId, DestinationVpcId, other) {
      const destination = { DestinationVpcId, DestinationUin: other.uin, DestinationRegion: 'ap-guangzhou' }
      const asked = { SourceVpcId, PeeringConnectionName: 'across', ...destination }
      return (await client.CreateVpcPeeringConnection(asked)).PeeringConnectionId ?? ''
    },
    async accept(PeeringConnectionId) {
      await client.AcceptVpcPeeringConnection({ PeeringConnectionId })
    },
    async isActive(id) {
      const shown = await client.DescribeVpcPeeringConnections({ PeeringConnectionIds: [id] })
      return shown.PeerConnectionSet?.[0]?.State === 'ACTIVE'
    },
    async end(PeeringConnectionId) {
      await client.DeleteVpcPeeringConnection({ PeeringConnectionId })
    },
    async deleteVpc(VpcId) {
      await client.DeleteVpc({ VpcId })
    },
  }
}

const SDKS: Readonly<Record<string, (tenant: TestTenant) => Hands>> = { huawei, alibaba, tencent }

suite('VPCs and routes by one vendor’s SDK, the peering by another’s', () => {
  let turn = 0
  for (const [networks, ofNetworks] of Object.entries(SDKS)) {
    for (const [peerings, ofPeerings] of Object.entries(SDKS)) {
      if (networks === peerings) continue
      test(`${networks}, ${peerings}`, async () => {
        turn++
        const [ourCidr, theirCidr] = [`10.${100 + turn}.0.0/16`, `10.${200 + turn}.0.0/16`]
        const [alices, bobs] = [ofNetworks(alice), ofNetworks(bob)]
        const ours = await alices.makeVpc(`ours-${turn}`, ourCidr)
        const theirs = await bobs.makeVpc(`theirs-${turn}`, theirCidr)
        const peering = await ofPeerings(alice).ask(ours, theirs, bob)
        assert.equal(await ofPeerings(bob).isActive(peering), false)
        await ofPeerings(bob).accept(peering)
        for (const hands of [alices, bobs, ofPeerings(alice), ofPeerings(bob)]) {
          assert.equal(await hands.isActive(peering), true)
        }
        await alices.addRoute(ours, theirCidr, peering)
        await bobs.addRoute(theirs, ourCidr, peering)
        // Each side's route is seen through either SDK, and goes with the peering.
        for (const handsOf of [ofNetworks, ofPeerings]) {
          assert.deepEqual(await handsOf(alice).routesOf(ours), [theirCidr])
          assert.deepEqual(await handsOf(bob).routesOf(theirs), [ourCidr])
        }
        await ofPeerings(bob).end(peering)
        assert.deepEqual([await alices.routesOf(ours), await bobs.routesOf(theirs)], [[], []])
        await alices.deleteVpc(ours)
        await bobs.deleteVpc(theirs)
      })
    }
  }
})
