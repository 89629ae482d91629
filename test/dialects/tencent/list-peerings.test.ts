import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { advance } from '../../rig/service.ts'
import { alice, bob, mallory, type TestTenant } from '../../rig/tenants.ts'
import {
  type CallOptions,
  legacyFails,
  legacySucceeds,
  NOBODYS_PEERING,
  NOBODYS_VPC,
  type Parameters,
  startTencent,
  type TencentService,
  v3Fails,
  v3Succeeds,
  withoutRequestId,
} from './client.ts'

let service: TencentService
let own: string
let named: Record<'first' | 'second' | 'third', string>
let vpcs: { source: string; destination: string }

before(async () => {
  service = await startTencent()
  const { v3: parameters } = await service.proposal(alice, bob)
  vpcs = { source: parameters.SourceVpcId, destination: parameters.DestinationVpcId }
  const first = { ...parameters, PeeringConnectionName: 'b' }
  const answer = v3Succeeds(await service.v3(alice, 'CreateVpcPeeringConnection', first))
  named = {
    first: answer.PeeringConnectionId,
    second: await service.activate(alice, bob, { PeeringConnectionName: 'c' }),
    third: await service.propose(alice, bob, { PeeringConnectionName: 'a' }),
  }
  v3Succeeds(await service.v3(bob, 'RejectVpcPeeringConnection', { PeeringConnectionId: named.third }))
  own = await service.propose(mallory, mallory, { PeeringConnectionName: 'own' })
})
after(() => service.close())

const list = async (tenant: TestTenant, parameters: Parameters = {}, options: CallOptions = {}) =>
  v3Succeeds(await service.v3(tenant, 'DescribeVpcPeeringConnections', parameters, options))
const namesIn = async (parameters: Parameters, options: CallOptions = {}) =>
  (await list(alice, parameters, options)).PeerConnectionSet.map(
    ({ PeeringConnectionName }) => PeeringConnectionName,
  )
const listLegacy = (tenant: TestTenant, parameters: Parameters = {}, options: CallOptions = {}) =>
  service.legacy(tenant, 'DescribeVpcPeeringConnections', parameters, options)
const legacyNamesIn = async (parameters: Parameters) =>
  legacySucceeds(await listLegacy(alice, parameters)).data.map(
    ({ peeringConnectionName }) => peeringConnectionName,
  )
const filter = (Name: string, ...Values: string[]): Parameters => ({ Filters: [{ Name, Values }] })

describe('API 3.0 DescribeVpcPeeringConnections', () => {
  describe('serialization', () => {
    it('shows every member in its documented type', async () => {
      const { PeerConnectionSet, TotalCount } = await list(alice, { PeeringConnectionIds: [named.first] })
      assert.equal(TotalCount, 1)
      const { CreateTime, ...rest } = PeerConnectionSet[0] as never as { CreateTime: string }
      assert.match(CreateTime, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
      // China's time, which is eight hours ahead.
      assert.ok(Math.abs(Date.parse(`${CreateTime.replace(' ', 'T')}+08:00`) - Date.now()) < 60_000)
      assert.deepEqual(rest, {
        SourceVpcId: vpcs.source,
        PeerVpcId: vpcs.destination,
        DestinationVpcId: vpcs.destination,
        PeeringConnectionId: named.first,
        PeeringConnectionName: 'b',
        State: 'PENDING',
        IsNgw: false,
        Bandwidth: 0,
        SourceRegion: 'gz',
        DestinationRegion: 'gz',
        SourceUin: 100000000001,
        DestinationUin: 100000000002,
        AppId: 1250000001,
        PeerAppId: 1250000002,
        ChargeType: '',
        QosLevel: '',
        Type: 'VPC_PEER',
        TagSet: [],
      })
    })

    it('shows both sides the same, and its words for the states', async () => {
      const ids = { PeeringConnectionIds: Object.values(named) }
      const [ours, theirs] = [await list(alice, ids), await list(bob, ids)]
      assert.deepEqual(ours.PeerConnectionSet, theirs.PeerConnectionSet)
      const states = ours.PeerConnectionSet.map(({ State }) => State)
      assert.deepEqual(states, ['REJECTED', 'ACTIVE', 'PENDING'])
    })

    for (const scheme of ['HmacSHA256', 'TC3-HMAC-SHA256'] as const) {
      it(`reads filters from a query with ${scheme}, and empty values as absent`, async () => {
        const parameters = { ...filter('state', 'PENDING', 'ACTIVE'), PeeringConnectionIds: '', Limit: 20 }
        const options = { scheme, method: 'GET' } as const
        assert.deepEqual(await namesIn(parameters, options), ['c', 'b'])
      })
    }
  })

  describe('validation', () => {
    const WRONG: readonly [Parameters, string][] = [
      [{ PeeringConnectionIds: ['nonsense'] }, 'InvalidParameterValue.Malformed'],
      [{ PeeringConnectionIds: ['pcx-00000000', 'x'] }, 'InvalidParameterValue.Malformed'],
      [{ PeeringConnectionIds: 'pcx-00000000' }, 'InvalidParameter'],
      [{ PeeringConnectionIds: [1] }, 'InvalidParameter'],
      [{ PeeringConnectionIds: Array(101).fill('pcx-00000000') }, 'InvalidParameterValue.TooLong'],
      [{ PeeringConnectionIds: ['pcx-00000000'], ...filter('state', 'ACTIVE') }, 'InvalidParameter.Coexist'],
      [{ Filters: ['state'] }, 'InvalidParameter.FilterNotDict'],
      [{ Filters: { Name: 'state' } }, 'InvalidParameter'],
      [{ Filters: [{ Name: 'state', Values: 'ACTIVE' }] }, 'InvalidParameter'],
      [{ Filters: [{ Name: 'state', Values: [] }] }, 'MissingParameter'],
      [{ Filters: [{ Values: ['ACTIVE'] }] }, 'MissingParameter'],
      [{ Filters: [{ Name: 'state', Values: ['ACTIVE'], More: 1 }] }, 'UnknownParameter'],
      [filter('nonsense', 'x'), 'InvalidParameter'],
      [filter('constructor', 'x'), 'InvalidParameter'],
      [filter('state', 'active'), 'InvalidParameterValue.Range'],
      [filter('vpc-id', 'nonsense'), 'InvalidParameterValue.Malformed'],
      [{ Filters: [...Array(2)].map(() => ({ Name: 'state', Values: ['ACTIVE'] })) }, 'InvalidParameter'],
      [{ Offset: -1 }, 'InvalidParameterValue.Range'],
      [{ Limit: 0 }, 'InvalidParameterValue.Range'],
      [{ Limit: 101 }, 'InvalidParameterValue.Range'],
      [{ Limit: 'many' }, 'InvalidParameter'],
      [{ OrderField: 'State' }, 'InvalidParameterValue.Range'],
      [{ OrderDirection: 'asc' }, 'InvalidParameterValue.Range'],
      [{ PageSize: 1 }, 'UnknownParameter'],
    ]
    for (const [wrong, code] of WRONG) {
      it(`answers ${code} to ${JSON.stringify(wrong).slice(0, 80)}`, async () => {
        v3Fails(await service.v3(alice, 'DescribeVpcPeeringConnections', wrong), code)
      })
    }
  })

  describe('permission', () => {
    it('answers an empty set for what does not exist and for what is others’', async () => {
      const ask = (id: string) =>
        service.v3(mallory, 'DescribeVpcPeeringConnections', { PeeringConnectionIds: [id] })
      const foreign = await ask(named.first)
      assert.deepEqual(
        { ...v3Succeeds(foreign), RequestId: '' },
        { TotalCount: 0, PeerConnectionSet: [], RequestId: '' },
      )
      assert.equal(withoutRequestId(foreign), withoutRequestId(await ask(NOBODYS_PEERING)))
    })

    it('finds nothing of others’ by their VPCs or names', async () => {
      for (const parameters of [filter('vpc-id', vpcs.source), filter('peering-connection-name', 'b')]) {
        assert.equal((await list(mallory, parameters)).TotalCount, 0)
      }
      const mine = (await list(mallory)).PeerConnectionSet.map((peering) => peering.PeeringConnectionId)
      assert.deepEqual(mine, [own])
    })
  })

  describe('behaviour', () => {
    it('lists the newest first, all of them, and counts them all', async () => {
      assert.deepEqual(await namesIn({}), ['a', 'c', 'b'])
      const page = await list(alice, { Offset: 1, Limit: 1 })
      assert.equal(page.TotalCount, 3)
      assert.deepEqual(
        page.PeerConnectionSet.map((peering) => peering.PeeringConnectionName),
        ['c'],
      )
      assert.equal((await list(alice, { Offset: 100 })).PeerConnectionSet.length, 0)
    })

    it('sorts by time and by name, either way', async () => {
      assert.deepEqual(await namesIn({ OrderDirection: 'ASC' }), ['b', 'c', 'a'])
      assert.deepEqual(await namesIn({ OrderField: 'CreatedTime', OrderDirection: 'ASC' }), ['b', 'c', 'a'])
      const byName = { OrderField: 'PeeringConnectionName' }
      assert.deepEqual(await namesIn({ ...byName, OrderDirection: 'ASC' }), ['a', 'b', 'c'])
      assert.deepEqual(await namesIn({ ...byName, OrderDirection: 'DESC' }), ['c', 'b', 'a'])
    })

    it('takes any value of a filter, and wants every filter', async () => {
      assert.deepEqual(await namesIn(filter('state', 'PENDING', 'REJECTED')), ['a', 'b'])
      assert.deepEqual(await namesIn(filter('state', 'FAILED', 'ISOLATED', 'DELETED', 'EXPIRED')), [])
      assert.deepEqual(await namesIn(filter('peering-connection-name', 'a', 'b', 'x')), ['a', 'b'])
      assert.deepEqual(await namesIn(filter('vpc-id', vpcs.source)), ['b'])
      assert.deepEqual(await namesIn(filter('vpc-id', vpcs.destination, vpcs.source, NOBODYS_VPC)), ['b'])
      assert.deepEqual(await namesIn(filter('vpc-id', NOBODYS_VPC)), [])
      const other = (await service.show(alice, named.second))?.SourceVpcId ?? ''
      assert.deepEqual(await namesIn(filter('vpc-id', vpcs.source, other)), ['c', 'b'])
      const Filters = [
        { Name: 'vpc-id', Values: [vpcs.source] },
        { Name: 'state', Values: ['ACTIVE'] },
      ]
      assert.deepEqual(await namesIn({ Filters }), [])
    })

    it('is restricted to the side that the caller has in the region of the call', async () => {
      const id = await service.propose(mallory, bob, {}, 'ap-shanghai')
      const inShanghai = { region: 'ap-shanghai' }
      assert.notEqual(await service.show(mallory, id), undefined)
      assert.equal(await service.show(mallory, id, inShanghai), undefined)
      assert.equal(await service.show(bob, id), undefined)
      assert.notEqual(await service.show(bob, id, inShanghai), undefined)
      assert.notEqual(await service.show(bob, id, { region: 'sh' }), undefined)
      v3Succeeds(await service.v3(bob, 'DeleteVpcPeeringConnection', { PeeringConnectionId: id }))
    })
  })
})

describe('legacy DescribeVpcPeeringConnections', () => {
  describe('serialization', () => {
    it('shows every member in the type that clients decode', async () => {
      const { body } = await listLegacy(alice, { peeringConnectionId: named.second })
      assert.equal(body.totalCount, 1)
      const { createTime, ...rest } = body.data[0] as never as { createTime: string }
      assert.match(createTime, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
      const shown = await service.show(alice, named.second)
      assert.deepEqual(rest, {
        peeringConnectionId: named.second,
        peeringConnectionName: 'c',
        vpcId: shown?.SourceVpcId,
        unVpcId: shown?.SourceVpcId,
        uniqVpcId: shown?.SourceVpcId,
        peerVpcId: shown?.DestinationVpcId,
        unPeerVpcId: shown?.DestinationVpcId,
        uniqPeerVpcId: shown?.DestinationVpcId,
        appId: '1250000001',
        state: 1,
        uin: 100000000001,
        peerUin: 100000000002,
        region: 'gz',
        peerRegion: 'gz',
      })
    })
  })

  describe('validation', () => {
    for (const wrong of [
      { state: 5 },
      { state: 'ACTIVE' },
      { offset: -1 },
      { limit: 0 },
      { limit: 51 },
      { limit: 'x' },
      { orderField: 'state' },
      { orderDirection: 'DESC' },
    ]) {
      it(`answers InvalidParameter to ${JSON.stringify(wrong)}`, async () => {
        legacyFails(await listLegacy(alice, wrong), 4000, 'InvalidParameter')
      })
    }
  })

  describe('permission', () => {
    it('answers one and the same for what does not exist and for what is others’', async () => {
      const foreign = await listLegacy(mallory, { peeringConnectionId: named.first })
      legacyFails(foreign, 5000, 'InvalidPeeringConnection.NotFound')
      assert.equal(foreign.text, (await listLegacy(mallory, { peeringConnectionId: NOBODYS_PEERING })).text)
      const vpc = await listLegacy(mallory, { vpcId: vpcs.source })
      legacyFails(vpc, 5000, 'InvalidVpc.NotFound')
      assert.equal(vpc.text, (await listLegacy(mallory, { vpcId: NOBODYS_VPC })).text)
    })
  })

  describe('behaviour', () => {
    it('lists without any parameter', async () => {
      const body = legacySucceeds(await listLegacy(alice))
      assert.equal(body.totalCount, 3)
      assert.equal(body.data.length, 3)
    })

    it('filters, sorts and pages', async () => {
      assert.deepEqual(await legacyNamesIn({ state: 0 }), ['b'])
      assert.deepEqual(await legacyNamesIn({ state: 3 }), ['a'])
      assert.deepEqual(await legacyNamesIn({ state: 4 }), [])
      assert.deepEqual(await legacyNamesIn({ peeringConnectionName: 'c' }), ['c'])
      assert.deepEqual(await legacyNamesIn({ vpcId: vpcs.source, state: 0 }), ['b'])
      assert.deepEqual(await legacyNamesIn({ orderField: 'createTime', orderDirection: 'asc' }), [
        'b',
        'c',
        'a',
      ])
      const byName = { orderField: 'peeringconnectionname' }
      assert.deepEqual(await legacyNamesIn(byName), ['c', 'b', 'a'])
      assert.deepEqual(await legacyNamesIn({ ...byName, offset: 1, limit: 1 }), ['b'])
    })

    it('is restricted to the region of the call', async () => {
      assert.equal(legacySucceeds(await listLegacy(alice, {}, { region: 'sh' })).totalCount, 0)
      assert.equal(legacySucceeds(await listLegacy(alice, {}, { region: 'ap-guangzhou' })).totalCount, 3)
    })
  })
})

// Last, for it moves the clock.
describe('a request whose time is up', () => {
  it('is shown as expired the moment it is up', async () => {
    const id = await service.propose(mallory, bob)
    await advance(service, 'PT167H59M')
    assert.equal(await service.stateOf(mallory, id), 'PENDING')
    await advance(service, 'PT1M')
    assert.equal(await service.stateOf(mallory, id), 'EXPIRED')
    const expired = await list(mallory, filter('state', 'EXPIRED'))
    assert.deepEqual(
      expired.PeerConnectionSet.map((peering) => peering.PeeringConnectionId),
      [id],
    )
    v3Succeeds(await service.v3(mallory, 'DeleteVpcPeeringConnection', { PeeringConnectionId: id }))
  })
})
