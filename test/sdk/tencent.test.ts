import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { after, before, describe, it } from 'node:test'
import { cam } from 'tencentcloud-sdk-nodejs/tencentcloud/services/cam/index.js'
import { sts } from 'tencentcloud-sdk-nodejs/tencentcloud/services/sts/index.js'
import { tag } from 'tencentcloud-sdk-nodejs/tencentcloud/services/tag/index.js'
import { vpc as vpcService } from 'tencentcloud-sdk-nodejs/tencentcloud/services/vpc/index.js'
import { advance, startService, type TestService } from '../rig/service.ts'
import { alice, bob, mallory, type TestTenant, vpcOf } from '../rig/tenants.ts'

/** The vendor's own SDKs, as they are installed; nothing of them is told but where the service is. */

const { Client } = vpcService.v20170312
type Client = InstanceType<typeof Client>

interface LegacyClient {
  request(
    data: Record<string, unknown>,
    options: Record<string, unknown>,
    callback: (error: Error | null, body: LegacyAnswer) => void,
  ): void
}

/** The members of all answers together. */
interface LegacyAnswer {
  readonly code: number
  readonly codeDesc: string
  readonly message: string
  readonly uniqVpcId: string
  readonly routeTableId: string
  readonly peeringConnectionId: string
  readonly taskId: number
  readonly totalCount: number
  /** A list, or what came of a task. */
  readonly data: readonly { readonly state: number }[] & {
    readonly status: number
    readonly output: { readonly uniqVpcPeerId: string }
  }
}
const LegacySdk = createRequire(import.meta.url)('qcloudapi-sdk') as new (
  defaults: Record<string, unknown>,
) => LegacyClient

let service: TestService
before(async () => {
  // Both SDKs would go by way of it.
  for (const name of ['http_proxy', 'HTTP_PROXY']) delete process.env[name]
  service = await startService()
})
after(() => service.close())

interface Style {
  readonly signMethod: 'TC3-HMAC-SHA256' | 'HmacSHA1' | 'HmacSHA256'
  readonly reqMethod: 'GET' | 'POST'
}

const STYLES: readonly Style[] = (['TC3-HMAC-SHA256', 'HmacSHA1', 'HmacSHA256'] as const).flatMap(
  (signMethod) => (['GET', 'POST'] as const).map((reqMethod) => ({ signMethod, reqMethod })),
)

const settings = (tenant: TestTenant, { signMethod, reqMethod }: Style, region = 'ap-guangzhou') => ({
  credential: { secretId: tenant.key.id, secretKey: tenant.key.secret },
  region,
  profile: {
    signMethod,
    httpProfile: { endpoint: service.host, protocol: 'http://', reqMethod },
  },
})

const api3 = (tenant: TestTenant, style: Style, region?: string): Client =>
  new Client(settings(tenant, style, region))

/** The error of an SDK call that must fail: its code, and whether it names a request. */
async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
  } catch (error) {
    const { code, requestId } = error as { code?: string; requestId?: string }
    assert.match(requestId ?? '', /^[0-9a-f-]{36}$/)
    return code ?? ''
  }
  return 'succeeded'
}

for (const [index, style] of STYLES.entries()) {
  describe(`tencentcloud-sdk-nodejs, ${style.signMethod}, ${style.reqMethod}`, () => {
    // Each style has VPCs of its own, so that none meets what another has left.
    const cidr = (host: number) => `10.${index * 16 + host}.0.0/20`

    it('leads a peering through its whole life', async () => {
      const [ours, theirs] = [api3(alice, style), api3(bob, style)]
      const { Vpc: source } = await ours.CreateVpc({ VpcName: 'ours', CidrBlock: cidr(1) })
      const { Vpc: destination } = await theirs.CreateVpc({ VpcName: 'theirs', CidrBlock: cidr(2) })
      const proposal = {
        SourceVpcId: source?.VpcId ?? '',
        PeeringConnectionName: '中文 a+b&c',
        DestinationVpcId: destination?.VpcId ?? '',
        DestinationUin: bob.uin,
        DestinationRegion: 'ap-guangzhou',
        Bandwidth: 10,
        Tags: [{ Key: 'k', Value: 'v' }],
      }
      const find = async (client: Client, PeeringConnectionId: string) => {
        const parameters = { PeeringConnectionIds: [PeeringConnectionId] }
        return (await client.DescribeVpcPeeringConnections(parameters)).PeerConnectionSet?.[0]
      }

      const first = await ours.CreateVpcPeeringConnection(proposal)
      const refused = { PeeringConnectionId: first.PeeringConnectionId ?? '' }
      assert.partialDeepStrictEqual(await find(theirs, refused.PeeringConnectionId), {
        PeeringConnectionName: '中文 a+b&c',
        State: 'PENDING',
        SourceUin: Number(alice.uin),
        DestinationUin: Number(bob.uin),
        DestinationRegion: 'gz',
        Bandwidth: 10,
      })
      assert.equal(
        await codeOf(ours.CreateVpcPeeringConnection(proposal)),
        'UnsupportedOperation.VpcPeerAlreadyExist',
      )
      assert.equal(
        await codeOf(ours.AcceptVpcPeeringConnection(refused)),
        'UnsupportedOperation.VpcPeerPurviewError',
      )
      assert.equal(await codeOf(api3(mallory, style).RejectVpcPeeringConnection(refused)), 'ResourceNotFound')
      assert.match((await theirs.RejectVpcPeeringConnection(refused)).RequestId ?? '', /^[0-9a-f-]{36}$/)
      assert.equal((await find(ours, refused.PeeringConnectionId))?.State, 'REJECTED')
      assert.equal(
        await codeOf(theirs.AcceptVpcPeeringConnection(refused)),
        'UnsupportedOperation.VpcPeerInvalidStateChange',
      )

      const second = await ours.CreateVpcPeeringConnection(proposal)
      const peering = { PeeringConnectionId: second.PeeringConnectionId ?? '' }
      await theirs.AcceptVpcPeeringConnection(peering)
      await ours.ModifyVpcPeeringConnection({ ...peering, PeeringConnectionName: 'n2', Bandwidth: 20 })
      const listed = await ours.DescribeVpcPeeringConnections({
        Filters: [
          { Name: 'state', Values: ['PENDING', 'ACTIVE'] },
          { Name: 'vpc-id', Values: [proposal.SourceVpcId] },
        ],
        Offset: 0,
        Limit: 20,
        OrderField: 'CreatedTime',
        OrderDirection: 'DESC',
      })
      assert.equal(listed.TotalCount, 1)
      assert.partialDeepStrictEqual(listed.PeerConnectionSet?.[0], {
        ...peering,
        PeeringConnectionName: 'n2',
        State: 'ACTIVE',
        Bandwidth: 20,
        TagSet: [{ Key: 'k', Value: 'v' }],
      })
      const VpcId = proposal.SourceVpcId
      assert.equal(await codeOf(ours.DeleteVpc({ VpcId })), 'ResourceInUse')

      await ours.DeleteVpcPeeringConnection(peering)
      await ours.DeleteVpcPeeringConnection(refused)
      assert.equal(await find(theirs, peering.PeeringConnectionId), undefined)
      assert.equal(await codeOf(theirs.DeleteVpcPeeringConnection(peering)), 'ResourceNotFound')
      await ours.DeleteVpc({ VpcId })
      const filter = { Filters: [{ Name: 'vpc-id', Values: [VpcId] }], Offset: '0', Limit: '100' }
      assert.equal((await ours.DescribeVpcs(filter)).TotalCount, 0)
    })

    it('leads two networks from nothing to routes both ways, and back to nothing', async () => {
      const [ours, theirs] = [api3(alice, style), api3(bob, style)]
      const made = async (client: Client, name: string, host: number) => {
        const { Vpc } = await client.CreateVpc({ VpcName: name, CidrBlock: cidr(host) })
        const VpcId = Vpc?.VpcId ?? ''
        const Filters = [
          { Name: 'vpc-id', Values: [VpcId] },
          { Name: 'association.main', Values: ['true'] },
        ]
        const { RouteTableSet } = await client.DescribeRouteTables({ Filters, Offset: '0', Limit: '100' })
        const { Subnet } = await client.CreateSubnet({
          VpcId,
          SubnetName: name,
          CidrBlock: cidr(host).replace('/20', '/24'),
          Zone: 'ap-guangzhou-3',
          Tags: [{ Key: 'k', Value: 'v' }],
        })
        const RouteTableId = RouteTableSet?.[0]?.RouteTableId ?? ''
        assert.equal(Subnet?.RouteTableId, RouteTableId)
        return { VpcId, RouteTableId, SubnetId: Subnet?.SubnetId ?? '' }
      }
      const [source, destination] = [await made(ours, 'ours', 3), await made(theirs, 'theirs', 4)]
      const { PeeringConnectionId = '' } = await ours.CreateVpcPeeringConnection({
        SourceVpcId: source.VpcId,
        PeeringConnectionName: 'p',
        DestinationVpcId: destination.VpcId,
        DestinationUin: bob.uin,
        DestinationRegion: 'ap-guangzhou',
      })
      await theirs.AcceptVpcPeeringConnection({ PeeringConnectionId })
      const lead = async (client: Client, RouteTableId: string, host: number) => {
        const { TotalCount, RouteTableSet } = await client.CreateRoutes({
          RouteTableId,
          Routes: [
            {
              DestinationCidrBlock: cidr(host),
              GatewayType: 'PEERCONNECTION',
              GatewayId: PeeringConnectionId,
              RouteDescription: 'to peer',
            },
          ],
        })
        assert.equal(TotalCount, 1)
        return RouteTableSet?.[0]?.RouteSet?.[0]?.RouteId ?? 0
      }
      const ourRoute = await lead(ours, source.RouteTableId, 4)
      const theirRoute = await lead(theirs, destination.RouteTableId, 3)
      await ours.DisableRoutes({ RouteTableId: source.RouteTableId, RouteIds: [ourRoute] })
      await ours.EnableRoutes({ RouteTableId: source.RouteTableId, RouteIds: [ourRoute] })
      await ours.ModifyVpcAttribute({ VpcId: source.VpcId, VpcName: 'renamed', EnableMulticast: 'false' })
      await ours.CreateAssistantCidr({ VpcId: source.VpcId, CidrBlocks: ['172.16.0.0/16'] })
      const { VpcSet } = await ours.DescribeVpcs({ VpcIds: [source.VpcId] })
      assert.deepEqual(
        VpcSet?.map(({ VpcName, AssistantCidrSet }) => [
          VpcName,
          AssistantCidrSet?.map(({ CidrBlock }) => CidrBlock),
        ]),
        [['renamed', ['172.16.0.0/16']]],
      )
      const { RouteTableSet } = await theirs.DescribeRouteTables({
        RouteTableIds: [destination.RouteTableId],
      })
      assert.partialDeepStrictEqual(RouteTableSet?.[0], {
        AssociationSet: [{ SubnetId: destination.SubnetId }],
        RouteSet: [{ RouteId: theirRoute, DestinationCidrBlock: cidr(3), GatewayId: PeeringConnectionId }],
      })
      assert.equal(await codeOf(theirs.DeleteSubnet({ SubnetId: source.SubnetId })), 'ResourceNotFound')

      const Routes = [{ RouteId: ourRoute }] as never
      assert.equal(
        (await ours.DeleteRoutes({ RouteTableId: source.RouteTableId, Routes })).RouteSet?.length,
        1,
      )
      // Theirs goes with the peering.
      await ours.DeleteVpcPeeringConnection({ PeeringConnectionId })
      const { RouteTableSet: after } = await theirs.DescribeRouteTables({
        RouteTableIds: [destination.RouteTableId],
      })
      assert.deepEqual(after?.[0]?.RouteSet, [])
      for (const [client, { VpcId, SubnetId }] of [
        [ours, source],
        [theirs, destination],
      ] as const) {
        assert.equal(await codeOf(client.DeleteVpc({ VpcId })), 'ResourceInUse')
        await client.DeleteSubnet({ SubnetId })
        await client.DeleteVpc({ VpcId })
      }
      assert.equal((await ours.DescribeRouteTables({ RouteTableIds: [source.RouteTableId] })).TotalCount, 0)
    })

    it('has the sibling services', async () => {
      const identity = await new sts.v20180813.Client(settings(alice, style)).GetCallerIdentity()
      assert.equal(identity.AccountId, alice.uin)
      const users = new cam.v20190116.Client(settings(alice, style))
      assert.equal((await users.GetUserAppId()).AppId, Number(alice.appId))
      const { SubAccounts } = await users.DescribeSubAccounts({ FilterSubAccountUin: [Number(alice.uin)] })
      assert.deepEqual(SubAccounts, [])
      const tags = new tag.v20180813.Client(settings(alice, style))
      const { Vpc } = await api3(alice, style).CreateVpc({ VpcName: 'tagged', CidrBlock: cidr(5) })
      const id = Vpc?.VpcId ?? ''
      const Resource = `qcs::vpc:ap-guangzhou:uin/:vpc/${id}`
      await tags.ModifyResourceTags({ Resource, ReplaceTags: [{ TagKey: 'k', TagValue: 'v' }] })
      const listed = await tags.DescribeResourceTagsByResourceIds({
        ServiceType: 'vpc',
        ResourcePrefix: 'vpc',
        ResourceIds: [id],
        ResourceRegion: 'ap-guangzhou',
      })
      assert.partialDeepStrictEqual(listed, {
        TotalCount: 1,
        Tags: [{ TagKey: 'k', TagValue: 'v', ResourceId: id }],
      })
    })

    it('meets the documented errors', async () => {
      const client = api3(alice, style)
      const PeeringConnectionId = 'pcx-00000000'
      assert.equal(
        await codeOf(client.AcceptVpcPeeringConnection({ PeeringConnectionId: 'x' })),
        'InvalidParameterValue.Malformed',
      )
      assert.equal(await codeOf(client.request('EnableVpcPeeringConnection', {})), 'InvalidAction')
      assert.equal(await codeOf(client.request('DeleteVpc', {})), 'MissingParameter')
      assert.equal(
        await codeOf(client.request('DeleteVpc', { VpcId: 'vpc-00000000', More: 1 })),
        'UnknownParameter',
      )
      assert.equal(
        await codeOf(api3(alice, style, 'ap-tokyo').DescribeVpcPeeringConnections({})),
        'UnsupportedRegion',
      )
      const key = { ...alice.key, secret: 'wrong' }
      assert.equal(
        await codeOf(api3({ ...alice, key }, style).AcceptVpcPeeringConnection({ PeeringConnectionId })),
        'AuthFailure.SignatureFailure',
      )
    })
  })
}

describe('tencentcloud-sdk-nodejs', () => {
  const style: Style = { signMethod: 'TC3-HMAC-SHA256', reqMethod: 'POST' }

  it('crosses regions', async () => {
    const [source, destination] = [vpcOf(alice, 1), vpcOf(bob, 5)]
    const { PeeringConnectionId = '' } = await api3(alice, style).CreateVpcPeeringConnection({
      SourceVpcId: source.ids.tencent,
      PeeringConnectionName: 'far',
      DestinationVpcId: destination.ids.tencent,
      DestinationUin: bob.uin,
      DestinationRegion: 'ap-shanghai',
    })
    const theirs = api3(bob, style, 'ap-shanghai')
    await theirs.AcceptVpcPeeringConnection({ PeeringConnectionId })
    const { PeerConnectionSet = [] } = await theirs.DescribeVpcPeeringConnections({})
    assert.partialDeepStrictEqual(PeerConnectionSet[0], {
      PeeringConnectionId,
      State: 'ACTIVE',
      SourceRegion: 'gz',
      DestinationRegion: 'sh',
      Bandwidth: 0,
    })
  })

  it('is refused when it does not sign', async () => {
    const unsigned = api3(alice, style).request('DescribeVpcs', {}, { skipSign: true })
    assert.equal(await codeOf(unsigned), 'AuthFailure.InvalidAuthorization')
  })
})

for (const signatureMethod of ['sha1', 'sha256'] as const) {
  for (const method of ['GET', 'POST'] as const) {
    describe(`qcloudapi-sdk, ${signatureMethod}, ${method}`, () => {
      const clientOf = (tenant: TestTenant, Region = 'gz') => {
        const defaults = {
          SecretId: tenant.key.id,
          SecretKey: tenant.key.secret,
          Region,
          host: service.host,
          protocol: 'http',
          path: '/v2/index.php',
          serviceType: 'vpc',
          method,
          signatureMethod,
        }
        const sdk = new LegacySdk(defaults)
        return (Action: string, data: Record<string, unknown> = {}) =>
          new Promise<LegacyAnswer>((resolve, reject) => {
            sdk.request({ Action, ...data }, defaults, (error, body) =>
              error ? reject(error) : resolve(body),
            )
          })
      }
      type Call = ReturnType<typeof clientOf>
      const stateOf = async (call: Call, peeringConnectionId: string) => {
        const { data } = await call('DescribeVpcPeeringConnections', { peeringConnectionId })
        return data[0]?.state
      }

      it('leads a peering through its whole life', async () => {
        const [ours, theirs, stranger] = [clientOf(alice), clientOf(bob), clientOf(mallory)]
        const source = await ours('CreateVpc', { vpcName: 'ours', cidrBlock: '10.0.0.0/20' })
        const destination = await theirs('CreateVpc', { vpcName: 'theirs', cidrBlock: '10.1.0.0/20' })
        const proposal = {
          vpcId: source.uniqVpcId,
          peerVpcId: destination.uniqVpcId,
          peerUin: bob.uin,
          peeringConnectionName: '中文 a+b&c=d_e',
        }
        const { peeringConnectionId: refused } = await ours('CreateVpcPeeringConnection', proposal)
        assert.equal(await stateOf(theirs, refused), 0)
        const id = { peeringConnectionId: refused }
        assert.equal((await ours('AcceptVpcPeeringConnection', id)).code, 4102)
        const notFound = await stranger('RejectVpcPeeringConnection', id)
        assert.deepEqual([notFound.code, notFound.codeDesc], [5000, 'InvalidPeeringConnection.NotFound'])
        assert.deepEqual(await theirs('RejectVpcPeeringConnection', id), {
          code: 0,
          message: '',
          codeDesc: 'Success',
        })
        assert.equal(await stateOf(ours, refused), 3)

        const { taskId } = await ours('CreateVpcPeeringConnectionEx', {
          ...proposal,
          peerRegion: 'gz',
          bandwidth: '10',
        })
        assert.equal(typeof taskId, 'number')
        const task = await ours('DescribeVpcTaskResult', { taskId })
        const { status, output } = task.data
        assert.equal(status, 0)
        const peering = { peeringConnectionId: output.uniqVpcPeerId }

        await advance(service, 'P7D')
        assert.equal(await stateOf(ours, output.uniqVpcPeerId), 2)
        assert.equal((await theirs('AcceptVpcPeeringConnection', peering)).code, 5100)
        assert.equal((await theirs('EnableVpcPeeringConnection', peering)).code, 4102)
        assert.equal((await ours('EnableVpcPeeringConnection', peering)).code, 0)
        assert.equal(await stateOf(theirs, output.uniqVpcPeerId), 0)
        assert.equal((await theirs('AcceptVpcPeeringConnection', peering)).code, 0)
        assert.equal(await stateOf(ours, output.uniqVpcPeerId), 1)

        const renamed = { ...peering, peeringConnectionName: 'n 2' }
        assert.equal((await ours('ModifyVpcPeeringConnection', renamed)).code, 0)
        const listed = await theirs('DescribeVpcPeeringConnections', {
          vpcId: proposal.peerVpcId,
          state: 1,
          offset: 0,
          limit: 20,
          orderField: 'createTime',
          orderDirection: 'asc',
          peeringConnectionName: undefined,
        })
        assert.equal(listed.totalCount, 1)
        assert.partialDeepStrictEqual(listed.data[0], {
          ...renamed,
          unVpcId: proposal.vpcId,
          unPeerVpcId: proposal.peerVpcId,
          uin: Number(alice.uin),
          peerUin: Number(bob.uin),
        })
        assert.equal((await ours('DeleteVpc', { vpcId: proposal.vpcId })).codeDesc, 'InvalidVpc.CannotDelete')
        assert.equal((await theirs('DeleteVpcPeeringConnection', peering)).code, 0)
        assert.equal((await ours('DeleteVpcPeeringConnection', peering)).code, 5000)
        assert.equal((await ours('DeleteVpc', { vpcId: proposal.vpcId })).code, 0)
      })

      it('leads two networks from nothing to routes both ways, and back to nothing', async () => {
        const [ours, theirs] = [clientOf(alice), clientOf(bob)]
        const made = async (call: Call, second: number) => {
          const vpc = await call('CreateVpc', {
            vpcName: 'v',
            cidrBlock: `10.${second}.0.0/20`,
            subnetSet: [{ subnetName: 's', cidrBlock: `10.${second}.1.0/24`, zoneId: 100003 }],
          })
          const table = await call('CreateRouteTable', { vpcId: vpc.uniqVpcId, routeTableName: 'ours' })
          return { vpcId: vpc.uniqVpcId, routeTableId: table.routeTableId }
        }
        const [source, destination] = [await made(ours, 2), await made(theirs, 3)]
        const { peeringConnectionId } = await ours('CreateVpcPeeringConnection', {
          vpcId: source.vpcId,
          peerVpcId: destination.vpcId,
          peerUin: bob.uin,
          peeringConnectionName: 'p',
        })
        assert.equal((await theirs('AcceptVpcPeeringConnection', { peeringConnectionId })).code, 0)
        const route = (second: number) => [
          { destinationCidrBlock: `10.${second}.0.0/20`, nextType: 4, nextHub: peeringConnectionId },
        ]
        assert.equal((await ours('CreateRoute', { ...source, routeSet: route(3) })).code, 0)
        assert.equal((await theirs('CreateRoute', { ...destination, routeSet: route(2) })).code, 0)
        assert.equal(
          (await ours('CreateRoute', { ...source, routeSet: route(3) })).codeDesc,
          'RouteAlreadyExists',
        )
        const routes = async (call: Call, table: typeof source) => {
          const { data } = await call('DescribeRouteTable', table)
          const [shown] = data as never as { routeSet: { nextType: number }[] }[]
          return shown?.routeSet.map(({ nextType }) => nextType)
        }
        assert.deepEqual(
          [await routes(ours, source), await routes(theirs, destination)],
          [
            [2, 4],
            [2, 4],
          ],
        )
        assert.equal((await ours('DeleteRoute', { ...source, routeSet: route(3) })).code, 0)
        assert.equal((await theirs('DeleteVpcPeeringConnection', { peeringConnectionId })).code, 0)
        assert.deepEqual([await routes(ours, source), await routes(theirs, destination)], [[2], [2]])
        assert.equal((await ours('DeleteVpc', source)).codeDesc, 'InvalidVpc.CannotDelete')
        assert.equal((await ours('DeleteRouteTable', source)).code, 0)
        assert.equal((await ours('DeleteRouteTable', source)).codeDesc, 'InvalidRouteTableId.NotFound')
      })

      it('meets the documented errors', async () => {
        const call = clientOf(alice)
        const errorOf = async (answer: Promise<LegacyAnswer>) => {
          const { code, codeDesc, message } = await answer
          assert.ok(String(message).startsWith(`(${code})`))
          return [code, codeDesc]
        }
        assert.deepEqual(await errorOf(call('DescribeNothing')), [4000, 'InvalidParameter'])
        assert.deepEqual(await errorOf(call('AcceptVpcPeeringConnection')), [4000, 'InvalidParameter'])
        const proposal = { vpcId: 'vpc-00000000', peerVpcId: 'vpc-00000001', peerUin: '1' }
        assert.deepEqual(await errorOf(call('CreateVpcPeeringConnection', proposal)), [
          4000,
          'InvalidPeeringConnectionName',
        ])
        const named = { ...proposal, peeringConnectionName: 'x' }
        assert.deepEqual(await errorOf(call('CreateVpcPeeringConnection', named)), [
          5000,
          'InvalidVpc.NotFound',
        ])
        const wrong = clientOf({ ...alice, key: { ...alice.key, secret: 'wrong' } })
        assert.deepEqual(await errorOf(wrong('DescribeVpcEx')), [4100, 'AuthFailure'])
      })
    })
  }
}
