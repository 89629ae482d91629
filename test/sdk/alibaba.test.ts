import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import openapiClient, { Config, OpenApiRequest, Params } from '@alicloud/openapi-client'
import openapiCore, { $OpenApiUtil, OpenApiUtil } from '@alicloud/openapi-core'
import RPCClient from '@alicloud/pop-core'
import { startService } from '../rig/service.ts'
import { alice, bob, mallory, type TestTenant, vpcOf } from '../rig/tenants.ts'

/**
 * The vendor's SDKs for Node.js as they are published, told nothing but another endpoint. The generated SDKs are thin
 * wrappers around these; what they put where is said with each call.
 */

type Values = Readonly<Record<string, unknown>>

/** Parameters as the generated SDKs place them. */
interface Request {
  readonly query?: Values
  readonly body?: Values
}

type Answer = Readonly<Record<string, unknown>>
type Send = (action: string, request: Request, version?: string) => Promise<Answer>

interface Sdk {
  readonly name: string
  connect(host: string, keyId: string, secret: string): Send
  /** What its user is told of an error. */
  errorOf(error: unknown): { code: string; status: number }
}

/** Models of the SDKs' own dependencies, of which they read these members only. */
const NO_RETRY: unknown = { autoretry: false, maxAttempts: 1 }
type ClientRuntime = Parameters<InstanceType<typeof Client>['callApi']>[2]
type CoreRuntime = Parameters<InstanceType<typeof Core>['callApi']>[2]

function popCore(method: 'GET' | 'POST'): Sdk {
  return {
    name: `pop-core, ${method}`,
    connect:
      (host, accessKeyId, accessKeySecret) =>
      (action, { query, body }, apiVersion = '2022-01-01') =>
        new RPCClient({
          endpoint: `http://${host}`,
          apiVersion,
          accessKeyId,
          accessKeySecret,
        }).request<Answer>(action, { ...query, ...body }, { method }),
    errorOf(error) {
      const { code, entry } = error as { code: string; entry: { response: { statusCode: number } } }
      return { code, status: entry.response.statusCode }
    },
  }
}

const rpc = (action: string, version: string) => ({
  action,
  version,
  protocol: 'HTTP',
  pathname: '/',
  method: 'POST',
  authType: 'AK',
  style: 'RPC',
  reqBodyType: 'formData',
  bodyType: 'json',
})

/** A CommonJS module's own default export, which is not the one an ES module imports. */
const Client = openapiClient.default
const Core = openapiCore.default

function modern(name: string, signatureAlgorithm: 'v2' | null): Sdk {
  const options = (host: string, accessKeyId: string, accessKeySecret: string) => ({
    endpoint: host,
    protocol: 'http',
    accessKeyId,
    accessKeySecret,
    ...(signatureAlgorithm && { signatureAlgorithm }),
  })
  const flat = ({ query, body }: Request) => ({
    ...(query && { query: OpenApiUtil.query(query) }),
    ...(body && { body }),
  })
  return {
    name: `${name}, ${signatureAlgorithm ?? 'ACS3'}`,
    connect(host, keyId, secret) {
      if (name === 'openapi-client') {
        const client = new Client(new Config(options(host, keyId, secret)))
        return async (action, request, version = '2022-01-01') => {
          const { body } = await client.callApi(
            new Params(rpc(action, version)),
            new OpenApiRequest(flat(request)),
            NO_RETRY as ClientRuntime,
          )
          return body as Answer
        }
      }
      const client = new Core(new $OpenApiUtil.Config(options(host, keyId, secret)))
      return async (action, request, version = '2022-01-01') => {
        const { body } = await client.callApi(
          new $OpenApiUtil.Params(rpc(action, version)),
          new $OpenApiUtil.OpenApiRequest(flat(request)),
          NO_RETRY as CoreRuntime,
        )
        return body as Answer
      }
    },
    errorOf(error) {
      const { code, statusCode, data } = error as {
        code: string
        statusCode?: number
        data?: { statusCode?: number }
      }
      return { code, status: statusCode ?? data?.statusCode ?? 0 }
    },
  }
}

const SDKS: readonly Sdk[] = [
  popCore('GET'),
  popCore('POST'),
  modern('openapi-client', null),
  modern('openapi-client', 'v2'),
  modern('openapi-core', null),
  modern('openapi-core', 'v2'),
]

let service: Awaited<ReturnType<typeof startService>>
before(async () => {
  service = await startService()
})
after(() => service.close())

for (const sdk of SDKS) {
  const as = (tenant: TestTenant): Send => sdk.connect(service.host, tenant.key.id, tenant.key.secret)
  const meets = async (work: Promise<unknown>, code: string, status: number) => {
    await assert.rejects(work, (error) => {
      assert.deepEqual(sdk.errorOf(error), { code, status })
      return true
    })
  }
  const proposal = {
    RegionId: 'cn-hangzhou',
    VpcId: vpcOf(alice, 1).ids.alibaba,
    AcceptingAliUid: bob.uid,
    AcceptingRegionId: 'cn-beijing',
    AcceptingVpcId: vpcOf(bob, 5).ids.alibaba,
  }
  const propose = async (more: Request = {}) => {
    const { InstanceId } = await as(alice)('CreateVpcPeerConnection', {
      query: more.query ?? {},
      body: { ...proposal, ...more.body },
    })
    return String(InstanceId)
  }
  const show = (tenant: TestTenant, InstanceId: string) =>
    as(tenant)('GetVpcPeerConnectionAttribute', { body: { InstanceId } })

  suite(sdk.name, () => {
    test('create, list, accept, modify, tag, move, delete', async () => {
      const id = await propose({
        query: { LinkType: 'Gold', Tag: [{ Key: 'env', Value: "a b+c'(1)*~!" }] },
        body: {
          Name: 'peering-中文',
          Description: `it's (ok) & more!*~`,
          Bandwidth: 100,
          ClientToken: `t-${sdk.name}`,
        },
      })
      assert.match(id, /^pcc-/)
      const shown = await show(alice, id)
      assert.equal(shown['Status'], 'Accepting')
      assert.equal(shown['Description'], `it's (ok) & more!*~`)
      assert.equal(String(shown['AcceptingOwnerUid']), bob.uid)
      assert.deepEqual({ ...(shown['Tags'] as Values[])[0] }, { Key: 'env', Value: "a b+c'(1)*~!" })

      const { VpcId, AcceptingVpcId } = proposal
      const listed = await as(bob)('ListVpcPeerConnections', {
        query: { ResourceGroupId: String((await show(bob, id))['ResourceGroupId']) },
        body: { VpcId: `${VpcId},${AcceptingVpcId}`, RegionId: 'cn-beijing', MaxResults: 10 },
      })
      assert.deepEqual(
        (listed['VpcPeerConnects'] as Values[]).map(({ InstanceId }) => InstanceId),
        [id],
      )

      await as(bob)('AcceptVpcPeerConnection', {
        query: { Tag: [{ Key: 'a', Value: 'b' }] },
        body: { InstanceId: id },
      })
      await as(alice)('ModifyVpcPeerConnection', {
        query: { LinkType: 'Platinum' },
        body: { InstanceId: id, Name: 'n2', Bandwidth: 200 },
      })
      const active = await show(alice, id)
      assert.deepEqual(
        [active['Status'], active['Name'], active['Bandwidth'], active['LinkType'], active['GmtExpired']],
        ['Activated', 'n2', 200, 'Platinum', null],
      )

      const resource = { RegionId: 'cn-hangzhou', ResourceType: 'PeerConnection' }
      const tagged = await as(alice)('TagResources', {
        query: { ...resource, ResourceId: [id], Tag: [{ Key: 'k', Value: 'v' }] },
      })
      assert.equal(tagged['Success'], true)
      await as(alice)('UnTagResources', {
        query: { ...resource, ResourceId: [id], TagKey: ['env'], All: false },
      })
      const tags = await as(alice)('ListTagResources', {
        query: { ...resource, ResourceId: [id], MaxResults: 50 },
      })
      assert.deepEqual(
        (tags['TagResources'] as Values[]).map(({ TagKey, TagValue }) => [TagKey, TagValue]),
        [['k', 'v']],
      )
      await as(alice)('MoveResourceGroup', {
        query: {
          RegionId: 'cn-hangzhou',
          ResourceType: 'PeerConnection',
          ResourceId: id,
          NewResourceGroupId: 'rg-2',
        },
      })
      assert.equal((await show(alice, id))['ResourceGroupId'], 'rg-2')

      await as(alice)('DeleteVpcPeerConnection', { body: { InstanceId: id, Force: true } })
      await meets(show(alice, id), 'ResourceNotFound.InstanceId', 400)
    })

    test('create, reject, delete by the accepter', async () => {
      const id = await propose()
      await as(bob)('RejectVpcPeerConnection', { body: { InstanceId: id } })
      assert.equal((await show(alice, id))['Status'], 'Rejected')
      await as(bob)('DeleteVpcPeerConnection', { body: { InstanceId: id } })
      await meets(show(bob, id), 'ResourceNotFound.InstanceId', 400)
    })

    test('VPCs: create, describe, delete', async () => {
      const version = '2016-04-28'
      const made = await as(alice)(
        'CreateVpc',
        {
          query: {
            RegionId: 'cn-hangzhou',
            CidrBlock: '10.9.0.0/16',
            VpcName: 'a b',
            ClientToken: `v-${sdk.name}`,
          },
        },
        version,
      )
      const query = { RegionId: 'cn-hangzhou', VpcId: made['VpcId'] }
      const shown = await as(alice)('DescribeVpcAttribute', { query }, version)
      assert.equal(shown['VpcName'], 'a b')
      const listed = await as(alice)('DescribeVpcs', { query }, version)
      assert.equal(listed['TotalCount'], 1)
      await as(alice)('DeleteVpc', { query: { VpcId: made['VpcId'] } }, version)
      await meets(as(alice)('DescribeVpcAttribute', { query }, version), 'InvalidVpcId.NotFound', 404)
    })

    test('a whole workflow of two tenants: VPCs, vSwitches, a peering, routes both ways, teardown', async () => {
      const version = '2016-04-28'
      const region = { RegionId: 'cn-hangzhou' }
      const network = (tenant: TestTenant) => (action: string, query: Values) =>
        as(tenant)(action, { query: { ...region, ...query } }, version)
      const listOf = (answer: Answer, list: string, item: string) =>
        (answer[list] as Readonly<Record<string, readonly Values[]>>)[item] ?? []
      const build = async (tenant: TestTenant, octet: number) => {
        const call = network(tenant)
        const CidrBlock = `10.${octet}.0.0/16`
        const { VpcId } = await call('CreateVpc', { CidrBlock, Tag: [{ Key: 'env', Value: 'sdk' }] })
        const [zone] = listOf(await call('DescribeZones', {}), 'Zones', 'Zone')
        const { VSwitchId } = await call('CreateVSwitch', {
          VpcId,
          CidrBlock: `10.${octet}.1.0/24`,
          ZoneId: zone?.['ZoneId'],
          VSwitchName: 'a b',
        })
        const tables = listOf(
          await call('DescribeRouteTableList', { VpcId }),
          'RouterTableList',
          'RouterTableListType',
        )
        const identity = await as(tenant)('GetCallerIdentity', {}, '2015-04-01')
        return {
          call,
          CidrBlock,
          VpcId,
          VSwitchId,
          table: tables[0]?.['RouteTableId'],
          uid: identity['AccountId'],
        }
      }
      const [ours, theirs] = [await build(alice, 200), await build(bob, 201)]
      assert.deepEqual([ours.uid, theirs.uid], [alice.uid, bob.uid])

      const { InstanceId } = await as(alice)('CreateVpcPeerConnection', {
        body: {
          ...region,
          VpcId: ours.VpcId,
          AcceptingAliUid: theirs.uid,
          AcceptingRegionId: 'cn-hangzhou',
          AcceptingVpcId: theirs.VpcId,
        },
      })
      await as(bob)('AcceptVpcPeerConnection', { body: { InstanceId } })
      const route = (from: typeof ours, to: typeof ours) =>
        from.call('CreateRouteEntry', {
          RouteTableId: from.table,
          DestinationCidrBlock: to.CidrBlock,
          NextHopType: 'VpcPeer',
          NextHopId: InstanceId,
        })
      const entries = [await route(ours, theirs), await route(theirs, ours)].map(
        ({ RouteEntryId }) => RouteEntryId,
      )
      for (const [index, side] of [ours, theirs].entries()) {
        const custom = await side.call('DescribeRouteEntryList', {
          RouteTableId: side.table,
          RouteEntryType: 'Custom',
        })
        const [entry] = listOf(custom, 'RouteEntrys', 'RouteEntry')
        assert.equal(entry?.['RouteEntryId'], entries[index])
        assert.equal(entry?.['DestinationCidrBlock'], [ours, theirs][1 - index]?.CidrBlock)
        const subnet = await side.call('DescribeVSwitchAttributes', { VSwitchId: side.VSwitchId })
        assert.deepEqual([subnet['VSwitchName'], subnet['Status']], ['a b', 'Available'])
        const vpc = await side.call('DescribeVpcAttribute', { VpcId: side.VpcId })
        assert.deepEqual({ ...listOf(vpc, 'Tags', 'Tag')[0] }, { Key: 'env', Value: 'sdk' })
      }

      const removal = { body: { InstanceId } }
      await meets(as(bob)('DeleteVpcPeerConnection', removal), 'OperationDenied.RouteEntryExist', 400)
      await meets(ours.call('DeleteVpc', { VpcId: ours.VpcId }), 'DependencyViolation.VSwitch', 400)
      await ours.call('DeleteRouteEntry', { RouteEntryId: entries[0] })
      await theirs.call('DeleteRouteEntry', {
        RouteTableId: theirs.table,
        DestinationCidrBlock: ours.CidrBlock,
        NextHopId: InstanceId,
      })
      await as(bob)('DeleteVpcPeerConnection', removal)
      for (const { call, VpcId, VSwitchId } of [ours, theirs]) {
        await call('DeleteVSwitch', { VSwitchId })
        await call('DeleteVpc', { VpcId })
        await meets(call('DescribeVSwitchAttributes', { VSwitchId }), 'InvalidVSwitchId.NotFound', 404)
        await meets(call('DescribeVpcAttribute', { VpcId }), 'InvalidVpcId.NotFound', 404)
      }
    })

    test('the documented errors', async () => {
      const id = await propose()
      const instance = { body: { InstanceId: id } }
      await meets(as(mallory)('RejectVpcPeerConnection', instance), 'ResourceNotFound.InstanceId', 400)
      await meets(as(alice)('RejectVpcPeerConnection', instance), 'Forbidden.NoPermission', 400)
      await meets(
        as(bob)('RejectVpcPeerConnection', { body: { InstanceId: id, DryRun: true } }),
        'DryRunOperation',
        400,
      )
      await meets(propose(), 'ResourceAlreadyExist.VpcPeer', 400)
      await meets(as(bob)('RejectVpcPeerConnection', {}), 'MissingInstanceId', 400)
      await as(bob)('RejectVpcPeerConnection', instance)
      await meets(as(bob)('RejectVpcPeerConnection', instance), 'IncorrectStatus.VpcPeer', 400)
      await meets(as(bob)('AcceptVpcPeerConnection', instance), 'IncorrectStatus.VpcPeer', 400)
      await as(alice)('DeleteVpcPeerConnection', instance)
      await meets(as(alice)('DescribeNothing', {}), 'InvalidAction.NotFound', 404)
      const wrong = sdk.connect(service.host, alice.key.id, 'wrong')
      await meets(wrong('ListVpcPeerConnections', {}), 'SignatureDoesNotMatch', 400)
      const nobody = sdk.connect(service.host, 'AKNOBODY', 'x')
      await meets(nobody('ListVpcPeerConnections', {}), 'InvalidAccessKeyId.NotFound', 404)
    })
  })
}
