import assert from 'node:assert/strict'
import { createHmac, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { after, before, suite, test } from 'node:test'
import { signHeaders } from '../../../src/dialects/alibaba/signing.ts'
import { encode, encodePairs, sha256Hex } from '../../../src/dialects/encoding.ts'
import { native } from '../../rig/service.ts'
import { alice, bob, mallory, vpcOf } from '../../rig/tenants.ts'
import {
  type AlibabaService,
  type Body,
  fails,
  NOT_FOUND,
  STYLES,
  send,
  sign,
  startAlibaba,
  succeeds,
  type Values,
} from './client.ts'
import { Provider, routeEntry } from './provider.ts'

/** Every trap that is known of this vendor's protocol and its clients, by name. Most are tested elsewhere in full. */

let alibaba: AlibabaService
before(async () => {
  alibaba = await startAlibaba()
})
after(() => alibaba.close())

const RegionId = 'cn-hangzhou'
const GET = 'GetVpcPeerConnectionAttribute'
const DELETE = 'DeleteVpcPeerConnection'
const members = (answer: { text: string }) => JSON.parse(answer.text) as Record<string, unknown>

/** A request of a modern SDK, its body sent in chunks and without a length. */
async function chunked(action: string, query: string, body: string): Promise<{ status: number; body: Body }> {
  const headers = {
    host: alibaba.host,
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
    'x-acs-action': action,
    'x-acs-version': '2022-01-01',
  }
  const pairs = [...new URLSearchParams(query)]
  const parameters = { query: pairs, form: [], all: pairs }
  const signer = { accessKeyId: alice.key.id, secret: alice.key.secret }
  const unsigned = { method: 'POST', path: '/', query, body: Buffer.from(body), headers }
  const added = signHeaders(unsigned, parameters, signer, Date.now(), randomUUID())
  const outgoing = httpRequest(`${alibaba.url}/?${query}`, {
    method: 'POST',
    headers: { ...headers, ...added },
  })
  const answered = once(outgoing, 'response')
  for (const character of body.match(/.{1,7}/gs) ?? []) outgoing.write(character)
  outgoing.end()
  const [response] = (await answered) as [IncomingMessage]
  return { status: response.statusCode ?? 0, body: JSON.parse(await text(response)) as Body }
}

suite('the ten facts that break naive servers', () => {
  test('1. action and version are in the headers only', async () => {
    const signed = sign(alibaba.host, alice, 'ListVpcPeerConnections', {}, { style: 'acs3' })
    assert.equal(`${signed.query}${signed.body}`, '')
    await succeeds(send(alibaba.url, signed))
  })

  test('2. the parameters of one call are split between query and form', async () => {
    const { LinkType: _, ...proposal } = {
      LinkType: '',
      ...(await alibaba.proposal(alice, bob, ['cn-hangzhou', 'cn-beijing'])),
    }
    const { body } = await chunked(
      'CreateVpcPeerConnection',
      'LinkType=Platinum&Tag.1.Key=env&Tag.1.Value=a%20b%2Bc',
      encodePairs(Object.entries(proposal).map(([name, value]) => [name, String(value)] as const)),
    )
    const { LinkType, Tags } = await alibaba.show(alice, body.InstanceId)
    assert.deepEqual([LinkType, Tags], ['Platinum', [{ Key: 'env', Value: 'a b+c' }]])
  })

  test('3. bodies come in chunks, and what is hashed are their raw bytes', async () => {
    const proposal = await alibaba.proposal(alice, bob)
    // Not as it would be encoded anew: these characters come as they are.
    const raw = `${encodePairs(Object.entries(proposal))}&Description=it's%20(ok)!*`
    const { status, body } = await chunked('CreateVpcPeerConnection', '', raw)
    assert.equal(status, 200, JSON.stringify(body))
    assert.equal((await alibaba.show(alice, body.InstanceId)).Description, "it's (ok)!*")
  })

  test('4. Terraform speaks the older signature, in two dialects of Go', async () => {
    const provider = new Provider(alibaba.host, alice)
    const VpcId = vpcOf(alice, 1).ids.alibaba
    const shown = await provider.tea('2016-04-28', 'DescribeVpcAttribute', { VpcId, RegionId })
    assert.equal(shown['VpcId'], VpcId)
    const listed = await provider.go('2016-04-28', 'DescribeVpcs', { VpcName: 'a b*~+', VpcId })
    assert.equal(listed['TotalCount'], 0)
  })

  test('5. whatever is answered is a JSON object with a request id', async () => {
    const signed = sign(alibaba.host, alice, GET, {}, { style: 'query' })
    for (const request of [
      signed,
      { ...signed, query: `${signed.query}&Signature=x` },
      { ...signed, method: 'PUT' },
      { ...signed, body: '%' },
      { ...signed, query: 'Action=X&Version=2022-01-01&AccessKeyId=x' },
    ]) {
      const { status, text: answer } = await send(alibaba.url, request)
      assert.ok(status >= 400 && status < 500, answer)
      const isXml = answer.startsWith('<?xml')
      if (isXml) assert.match(answer, /<RequestId>[0-9A-F-]{36}</)
      else assert.match(String((JSON.parse(answer) as Body).RequestId), /^[0-9A-F-]{36}$/)
    }
  })

  test('6. deleted means ResourceNotFound.InstanceId with 400, and never a state', async () => {
    const InstanceId = await alibaba.activate(alice, bob)
    await succeeds(alibaba.call(alice, DELETE, { InstanceId }))
    for (const tenant of [alice, bob]) await fails(alibaba.call(tenant, GET, { InstanceId }), ...NOT_FOUND)
  })

  test('7. 404 is only what is gone: no refusal of a known key and action on a peering has it', async () => {
    const InstanceId = await alibaba.propose(alice, bob)
    for (const [tenant, action, parameters] of [
      [mallory, GET, { InstanceId }],
      [alice, 'AcceptVpcPeerConnection', { InstanceId }],
      [alice, 'ModifyVpcPeerConnection', { InstanceId, Name: 'x' }],
      [alice, 'CreateVpcPeerConnection', { RegionId }],
      [alice, 'CreateVpcPeerConnection', { ...(await alibaba.proposal(alice, bob)), RegionId: 'cn-nowhere' }],
      [alice, 'ListVpcPeerConnections', { RegionId: 'cn-nowhere' }],
    ] as [typeof alice, string, Values][]) {
      assert.equal((await alibaba.call(tenant, action, parameters)).status, 400, action)
    }
  })

  test('8. the list is called VpcPeerConnects, and one peering is not wrapped', async () => {
    const InstanceId = await alibaba.propose(alice, bob)
    const shown = members(await alibaba.call(alice, GET, { InstanceId }))
    const listed = members(await alibaba.call(alice, 'ListVpcPeerConnections', { InstanceId }))
    const { RequestId: _, ...flat } = shown
    assert.deepEqual(listed['VpcPeerConnects'], [flat])
  })

  test('9. an entry of Terraform’s is looked for in DescribeRouteTables', async () => {
    const { ourTable, InstanceId } = await alibaba.peered(alice, bob)
    const provider = new Provider(alibaba.host, alice)
    const id = await routeEntry.create(provider, ourTable, '10.1.0.0/16', InstanceId)
    assert.equal((await routeEntry.read(provider, id))?.['InstanceId'], InstanceId)
  })

  test('10. a dry run that would succeed is an error with 400', async () => {
    await fails(
      alibaba.call(alice, 'CreateVpcPeerConnection', {
        ...(await alibaba.proposal(alice, bob)),
        DryRun: true,
      }),
      'DryRunOperation',
      'The operation DryRun verifies success.',
    )
  })
})

suite('what an answer must be like', () => {
  test('account numbers are numbers, of 16 digits, exact in every client', async () => {
    const { text: shown } = await alibaba.call(alice, GET, { InstanceId: await alibaba.propose(alice, bob) })
    assert.match(shown, new RegExp(`"OwnerId":${alice.uid},"AcceptingOwnerUid":${bob.uid},`))
  })

  test('both ends are in every item of a list', async () => {
    const InstanceId = await alibaba.propose(alice, bob)
    const { body } = await alibaba.call(bob, 'ListVpcPeerConnections', { InstanceId })
    for (const item of body.VpcPeerConnects) {
      assert.deepEqual(Object.keys(item.Vpc), ['VpcId', 'Ipv4Cidrs', 'Ipv6Cidrs'])
      assert.deepEqual(Object.keys(item.AcceptingVpc), ['VpcId', 'Ipv4Cidrs', 'Ipv6Cidrs'])
    }
  })

  test('an empty list is a list', async () => {
    const { body } = await alibaba.call(alice, 'ListVpcPeerConnections', { InstanceId: 'pcc-nobodys' })
    assert.deepEqual(body.VpcPeerConnects, [])
  })

  test('within a region there is no link type, and no limit of bandwidth', async () => {
    const { LinkType, Bandwidth } = await alibaba.show(alice, await alibaba.propose(alice, bob))
    assert.deepEqual([LinkType, Bandwidth], ['', -1])
  })

  test('GmtExpired is null once it is answered, and 7 days on before', async () => {
    const InstanceId = await alibaba.propose(alice, bob)
    const { GmtCreate, GmtExpired } = await alibaba.show(alice, InstanceId)
    assert.equal(Date.parse(String(GmtExpired)) - Date.parse(GmtCreate), 7 * 24 * 60 * 60 * 1000)
    await succeeds(alibaba.call(bob, 'AcceptVpcPeerConnection', { InstanceId }))
    assert.equal((await alibaba.show(alice, InstanceId)).GmtExpired, null)
  })

  test('Success is literally true, and no success has a code', async () => {
    const resource = {
      RegionId,
      ResourceType: 'PeerConnection',
      'ResourceId.1': await alibaba.propose(alice, bob),
    }
    const answer = members(await alibaba.call(alice, 'TagResources', { ...resource, 'Tag.1.Key': 'k' }))
    assert.equal(answer['Success'], true)
    assert.equal('Code' in answer, false)
  })

  test('lists of the older API are wrapped, misspelt as the vendor does, and never missing', async () => {
    const VpcId = await alibaba.newVpc(alice)
    const RouteTableId = await alibaba.tableOf(alice, VpcId)
    for (const [action, ...path] of [
      ['DescribeVpcs', 'Vpcs', 'Vpc', '0', 'SecondaryCidrBlocks', 'SecondaryCidrBlock'],
      ['DescribeVpcs', 'Vpcs', 'Vpc', '0', 'VSwitchIds', 'VSwitchId'],
      ['DescribeVpcAttribute', 'UserCidrs', 'UserCidr'],
      ['DescribeVpcAttribute', 'Ipv6CidrBlocks', 'Ipv6CidrBlock'],
      ['DescribeVpcAttribute', 'AssociatedCens', 'AssociatedCen'],
      ['DescribeVpcAttribute', 'CloudResources', 'CloudResourceSetType'],
      ['DescribeVpcAttribute', 'Tags', 'Tag'],
      ['DescribeVSwitches', 'VSwitches', 'VSwitch'],
      ['DescribeRouteTableList', 'RouterTableList', 'RouterTableListType', '0', 'VSwitchIds', 'VSwitchId'],
      ['DescribeRouteTableList', 'RouterTableList', 'RouterTableListType', '0', 'Tags', 'Tag'],
      ['DescribeRouteTables', 'RouteTables', 'RouteTable', '0', 'RouteEntrys', 'RouteEntry'],
      ['DescribeRouteEntryList', 'RouteEntrys', 'RouteEntry', '0', 'NextHops', 'NextHop'],
      ['DescribeRegions', 'Regions', 'Region'],
      ['DescribeZones', 'Zones', 'Zone'],
    ] as [string, ...string[]][]) {
      let found: unknown = members(
        await succeeds(alibaba.call(alice, action, { RegionId, VpcId, RouteTableId })),
      )
      for (const step of path) found = (found as Record<string, unknown>)[step]
      assert.ok(Array.isArray(found), `${action}: ${path.join('.')}`)
    }
  })

  test('every VPC has a table of the system’s', async () => {
    const { body } = await alibaba.call(alice, 'DescribeRouteTableList', {
      RegionId,
      VpcId: vpcOf(alice, 1).ids.alibaba,
    })
    assert.deepEqual(
      body.RouterTableList.RouterTableListType.map(({ RouteTableType }) => RouteTableType),
      ['System'],
    )
  })

  test('what an entry says is not put into other words', async () => {
    const { ourTable, InstanceId } = await alibaba.peered(alice, bob)
    for (const destination of ['10.1.0.7', '10.2.0.7/32', '2001:DB8:0::/64']) {
      await succeeds(
        alibaba.call(alice, 'CreateRouteEntry', alibaba.entry(ourTable, destination, InstanceId)),
      )
      const { body } = await alibaba.call(alice, 'DescribeRouteTables', { RouteTableId: ourTable })
      const entry = body.RouteTables.RouteTable[0]?.RouteEntrys.RouteEntry.at(-1)
      assert.deepEqual(
        [entry?.DestinationCidrBlock, entry?.NextHopType, entry?.InstanceId],
        [destination, 'VpcPeer', InstanceId],
      )
    }
  })

  test('entries of the system’s are available like all others', async () => {
    const VpcId = await alibaba.newVpc(alice)
    await alibaba.newSubnet(alice, VpcId, '10.0.1.0/24')
    const RouteTableId = await alibaba.tableOf(alice, VpcId)
    const { body } = await alibaba.call(alice, 'DescribeRouteTables', { RouteTableId })
    const entries = body.RouteTables.RouteTable[0]?.RouteEntrys.RouteEntry ?? []
    assert.deepEqual(
      entries.map(({ Type, Status }) => `${Type} ${Status}`),
      ['System Available', 'System Available'],
    )
  })

  test('the Location service spells SerivceCode so', async () => {
    const { text: answer } = await alibaba.call(alice, 'DescribeEndpoints', {
      Id: RegionId,
      ServiceCode: 'vpcpeer',
    })
    assert.match(answer, /"SerivceCode":"vpcpeer"/)
  })
})

suite('what a request may be like', () => {
  test('one action is in two APIs, and the version tells which', async () => {
    const VpcId = await alibaba.newVpc(alice)
    const resource = { RegionId, 'ResourceId.1': VpcId, 'Tag.1.Key': 'k' }
    await succeeds(
      alibaba.call(alice, 'TagResources', { ...resource, ResourceType: 'VPC' }, { version: '2016-04-28' }),
    )
    await fails(
      alibaba.call(alice, 'TagResources', { ...resource, ResourceType: 'VPC' }, { version: '2022-01-01' }),
      'InvalidInstanceType.NotFound',
    )
  })

  test('VpcId of the list comes in three spellings', async () => {
    const InstanceId = await alibaba.propose(alice, bob)
    const { Vpc, AcceptingVpc } = await alibaba.show(alice, InstanceId)
    const [a, b] = [Vpc.VpcId, AcceptingVpc.VpcId]
    for (const spelling of [{ VpcId: a }, { VpcId: `${b},${a}` }, { 'VpcId.1': a, 'VpcId.2': b }]) {
      const { body } = await alibaba.call(alice, 'ListVpcPeerConnections', spelling as Values)
      assert.deepEqual(
        body.VpcPeerConnects.map((item) => item.InstanceId),
        [InstanceId],
      )
    }
  })

  test('the list is narrowed by Tags, and not by Tag', async () => {
    const InstanceId = await alibaba.propose(alice, bob, { 'Tag.1.Key': 'only', 'Tag.1.Value': 'v' })
    const count = async (filter: Values) =>
      (await alibaba.call(alice, 'ListVpcPeerConnections', { InstanceId, ...filter })).body.TotalCount
    assert.deepEqual([await count({ 'Tags.1.Key': 'other' }), await count({ 'Tag.1.Key': 'other' })], [0, 1])
  })

  test('Python writes True and False', async () => {
    const InstanceId = await alibaba.propose(alice, bob)
    await fails(alibaba.call(alice, DELETE, { InstanceId, DryRun: 'True' }), 'DryRunOperation')
    await succeeds(alibaba.call(alice, DELETE, { InstanceId, Force: 'False' }))
  })

  test('clients add parameters of their own, and a region to every call', async () => {
    const InstanceId = await alibaba.propose(alice, bob)
    const added = {
      ResourceOwnerAccount: 'x',
      OwnerId: 1,
      SecureTransport: true,
      AcceptLanguage: 'zh',
      RegionId,
    }
    await succeeds(alibaba.call(bob, 'AcceptVpcPeerConnection', { InstanceId, ...added }))
    await succeeds(alibaba.call(alice, 'GetCallerIdentity', added))
  })

  test('the headers of an older request are not signed, and count for nothing', async () => {
    const headers = { 'x-acs-action': DELETE, 'x-acs-version': '2016-04-28' }
    const InstanceId = await alibaba.propose(alice, bob)
    const { body } = await succeeds(alibaba.call(alice, GET, { InstanceId }, { style: 'split', headers }))
    assert.equal(body.Status, 'Accepting')
  })

  for (const style of STYLES) {
    test(`an entry can be made in every style: ${style}`, async () => {
      const { ourTable, InstanceId } = await alibaba.peered(alice, bob)
      const entry = { ...alibaba.entry(ourTable, '10.1.0.0/16', InstanceId), RouteEntryName: 'a b*~+' }
      await succeeds(alibaba.call(alice, 'CreateRouteEntry', { RegionId, ...entry }, { style }))
    })
  }

  test('an older Python core signs an empty value without its equals sign', async () => {
    const headers: Record<string, string> = {
      host: alibaba.host,
      'x-acs-action': 'ListVpcPeerConnections',
      'x-acs-content-sha256': sha256Hex(''),
      'x-acs-date': `${new Date().toISOString().slice(0, 19)}Z`,
      'x-acs-signature-nonce': randomUUID(),
      'x-acs-version': '2022-01-01',
    }
    const names = Object.keys(headers)
    const lines = names.map((name) => `${name}:${headers[name]}`)
    const signed = names.join(';')
    const canonical = ['POST', '/', 'Tags.1.Key=k&Tags.1.Value', ...lines, '', signed, sha256Hex('')].join(
      '\n',
    )
    const signature = createHmac('sha256', alice.key.secret)
      .update(`ACS3-HMAC-SHA256\n${sha256Hex(canonical)}`)
      .digest('hex')
    const authorization = `ACS3-HMAC-SHA256 Credential=${alice.key.id},SignedHeaders=${signed},Signature=${signature}`
    const { host: _, ...sent } = headers
    const query = 'Tags.1.Key=k&Tags.1.Value='
    await succeeds(
      send(alibaba.url, { method: 'POST', query, headers: { ...sent, authorization }, body: '' }),
    )
  })
})

suite('what errors must be like', () => {
  test('the text that was signed is last, and no colon goes before it', async () => {
    const { body } = await alibaba.call(alice, GET, { InstanceId: 'a:b' }, { style: 'get', secret: 'wrong' })
    const [before = '', signed = ''] = body.Message.split('server string to sign is:')
    assert.equal(before.includes(':'), false)
    assert.ok(signed.startsWith('GET&%2F&AccessKeyId%3D'))
    assert.ok(signed.includes(encode(encode('a:b'))))
  })

  test('an empty secret, spaces in the secret: the same answer, with what to debug by', async () => {
    for (const secret of ['', ` ${alice.key.secret} `]) {
      await fails(alibaba.call(alice, GET, {}, { secret }), 'SignatureDoesNotMatch')
    }
  })

  test('no message names another code', async () => {
    const { body } = await alibaba.call(alice, DELETE, { InstanceId: 'pcc-nobodys' })
    for (const other of ['IncorrectStatus', 'Throttling', 'DependencyViolation', 'TaskConflict']) {
      assert.equal(JSON.stringify(body).includes(other), false)
    }
  })

  test('what keeps a VPC from being deleted is named', async () => {
    const VpcId = await alibaba.newVpc(alice)
    const VSwitchId = await alibaba.newSubnet(alice, VpcId, '10.0.1.0/24')
    const { body } = await alibaba.call(alice, 'DeleteVpc', { VpcId })
    assert.deepEqual(
      [body.Code, body.Message],
      ['DependencyViolation.VSwitch', `Specified object has dependent resources VSwitch ${VSwitchId}.`],
    )
  })
})

suite('what users complain about', () => {
  test('accepting_ali_uid left out is 0, and refused', async () => {
    const proposal = { ...(await alibaba.proposal(alice, bob)), AcceptingAliUid: 0 }
    await fails(alibaba.call(alice, 'CreateVpcPeerConnection', proposal), 'IllegalParam.AcceptingAliUid')
  })

  test('a route right after its peering: refused while it waits, made once it is active', async () => {
    const InstanceId = await alibaba.propose(alice, bob)
    const { VpcId } = (await alibaba.show(alice, InstanceId)).Vpc
    const entry = alibaba.entry(await alibaba.tableOf(alice, VpcId), '10.1.0.0/16', InstanceId)
    await fails(alibaba.call(alice, 'CreateRouteEntry', entry), 'IncorrectStatus.VpcPeer')
    await succeeds(alibaba.call(bob, 'AcceptVpcPeerConnection', { InstanceId }))
    await succeeds(alibaba.call(alice, 'CreateRouteEntry', entry))
  })

  test('entries made side by side in one table: none is refused, none is lost', async () => {
    const { ourTable, InstanceId } = await alibaba.peered(alice, bob)
    await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        alibaba
          .call(alice, 'CreateRouteEntry', alibaba.entry(ourTable, `10.1.${n}.0/24`, InstanceId))
          .then(succeeds),
      ),
    )
    const { body } = await alibaba.call(alice, 'DescribeRouteEntryList', {
      RegionId,
      RouteTableId: ourTable,
      RouteEntryType: 'Custom',
    })
    assert.equal(body.TotalCount, 12)
  })

  test('bandwidth within a region, 0, or above the quota', async () => {
    const near = await alibaba.proposal(alice, bob)
    const far = await alibaba.proposal(alice, bob, ['cn-hangzhou', 'cn-beijing'])
    const create = (parameters: Values) => alibaba.call(alice, 'CreateVpcPeerConnection', parameters)
    await fails(create({ ...near, Bandwidth: 100 }), 'OperationFailed.BandwidthCannotBeChangedInSameRegion')
    await fails(create({ ...far, Bandwidth: 0 }), 'IllegalParam.Bandwidth')
    await fails(create({ ...far, Bandwidth: 1025 }), 'QuotaExceeded.Bandwidth')
    await succeeds(create({ ...far, Bandwidth: 1024 }))
  })

  test('overlapping blocks are no reason to refuse, and local traffic stays local', async () => {
    const InstanceId = await alibaba.activate(alice, bob)
    const { VpcId } = (await alibaba.show(bob, InstanceId)).AcceptingVpc
    await succeeds(
      alibaba.call(bob, 'AssociateVpcCidrBlock', { RegionId, VpcId, SecondaryCidrBlock: '10.0.0.0/16' }),
    )
    const theirTable = await alibaba.tableOf(bob, VpcId)
    await alibaba.newSubnet(bob, VpcId, '10.0.1.0/24')
    const route = (destination: string) =>
      alibaba.call(bob, 'CreateRouteEntry', alibaba.entry(theirTable, destination, InstanceId))
    await fails(route('10.0.1.0/24'), 'InvalidCidrBlock.Malformed')
    await succeeds(route('10.0.2.0/24'))
  })

  test('no route comes by itself', async () => {
    const { ourTable, theirTable } = await alibaba.peered(alice, bob)
    for (const [tenant, RouteTableId] of [
      [alice, ourTable],
      [bob, theirTable],
    ] as const) {
      const { body } = await alibaba.call(tenant, 'DescribeRouteEntryList', {
        RegionId,
        RouteTableId,
        RouteEntryType: 'Custom',
      })
      assert.equal(body.TotalCount, 0)
    }
  })

  test('a second peering of the same VPCs, asked for the other way round', async () => {
    const proposal = await alibaba.proposal(alice, bob)
    await succeeds(alibaba.call(alice, 'CreateVpcPeerConnection', proposal))
    await fails(
      alibaba.call(bob, 'CreateVpcPeerConnection', {
        ...proposal,
        VpcId: proposal.AcceptingVpcId,
        AcceptingVpcId: proposal.VpcId,
        AcceptingAliUid: alice.uid,
      }),
      'ResourceAlreadyExist.VpcPeer',
    )
  })

  test('a time with fractions of a second', async () => {
    const signed = sign(alibaba.host, alice, GET, {}, { style: 'get' })
    const query = signed.query.replace(/(Timestamp=[^&]*?)Z/, '$1.123Z')
    const { status, text: answer } = await send(alibaba.url, { ...signed, query })
    assert.equal(status, 400)
    assert.match(answer, /InvalidTimeStamp\.Format/)
  })

  test('an entry made here is seen in the native API, and the other way about', async () => {
    const { ours, ourTable, InstanceId } = await alibaba.peered(alice, bob)
    await succeeds(
      alibaba.call(alice, 'CreateRouteEntry', alibaba.entry(ourTable, '10.1.0.0/16', InstanceId)),
    )
    const token = `${alice.key.id}.${alice.key.secret}`
    const { body } = (await native(alibaba, token, 'GET', `/vpcs/${ours}/routes`)) as {
      body: { routes: { destination: string }[] }
    }
    assert.deepEqual(
      body.routes.map(({ destination }) => destination),
      ['10.1.0.0/16'],
    )
  })
})
