import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { alice, bob, mallory } from '../../rig/tenants.ts'
import { type AlibabaService, fails, startAlibaba, succeeds } from './client.ts'

let alibaba: AlibabaService
before(async () => {
  alibaba = await startAlibaba()
})
after(() => alibaba.close())

const DRY = ['DryRunOperation', 'The operation DryRun verifies success.'] as const
const CREATE = 'CreateVpcPeerConnection'

suite('ClientToken', () => {
  test('the same request again, in another style: the same peering', async () => {
    const parameters = { ...(await alibaba.proposal(alice, bob)), ClientToken: 'again' }
    const first = await succeeds(alibaba.call(alice, CREATE, parameters))
    for (const style of ['get', 'form', 'split', 'query', 'acs3-query'] as const) {
      const { body } = await succeeds(alibaba.call(alice, CREATE, parameters, { style }))
      assert.equal(body.InstanceId, first.body.InstanceId)
      assert.notEqual(body.RequestId, first.body.RequestId)
    }
  })

  test('twenty at once: one peering, twenty times the same answer', async () => {
    const parameters = { ...(await alibaba.proposal(alice, bob)), ClientToken: 'at-once' }
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => succeeds(alibaba.call(alice, CREATE, parameters))),
    )
    assert.equal(new Set(answers.map(({ body }) => body.InstanceId)).size, 1)
  })

  test('other parameters: refused, and nothing is made', async () => {
    const parameters = { ...(await alibaba.proposal(alice, bob)), ClientToken: 'mismatch' }
    await succeeds(alibaba.call(alice, CREATE, parameters))
    await fails(
      alibaba.call(alice, CREATE, { ...parameters, Name: 'another' }),
      'IdempotentParameterMismatch',
    )
  })

  test('belongs to one account, and to one action', async () => {
    const mine = { ...(await alibaba.proposal(alice, bob)), ClientToken: 'shared' }
    const theirs = { ...(await alibaba.proposal(mallory, bob)), ClientToken: 'shared' }
    const a = await succeeds(alibaba.call(alice, CREATE, mine))
    const b = await succeeds(alibaba.call(mallory, CREATE, theirs))
    assert.notEqual(a.body.InstanceId, b.body.InstanceId)
    const InstanceId = a.body.InstanceId
    await succeeds(alibaba.call(bob, 'AcceptVpcPeerConnection', { InstanceId, ClientToken: 'shared' }))
    await succeeds(alibaba.call(bob, 'AcceptVpcPeerConnection', { InstanceId, ClientToken: 'shared' }))
    await fails(alibaba.call(bob, 'AcceptVpcPeerConnection', { InstanceId }), 'IncorrectStatus.VpcPeer')
  })

  test('is case-sensitive', async () => {
    const first = { ...(await alibaba.proposal(alice, bob)), ClientToken: 'case' }
    const second = { ...(await alibaba.proposal(alice, bob)), ClientToken: 'CASE' }
    await succeeds(alibaba.call(alice, CREATE, first))
    await succeeds(alibaba.call(alice, CREATE, second))
  })

  test('a deletion again: it succeeded', async () => {
    const InstanceId = await alibaba.propose(alice, bob)
    const parameters = { InstanceId, ClientToken: 'gone' }
    await succeeds(alibaba.call(alice, 'DeleteVpcPeerConnection', parameters))
    await succeeds(alibaba.call(alice, 'DeleteVpcPeerConnection', parameters))
    await fails(
      alibaba.call(alice, 'DeleteVpcPeerConnection', { InstanceId, ClientToken: 'new' }),
      'ResourceNotFound.InstanceId',
    )
  })

  test('a request that failed does not spend it', async () => {
    const parameters = { ...(await alibaba.proposal(alice, bob)), ClientToken: 'failed' }
    await fails(alibaba.call(alice, CREATE, { ...parameters, VpcId: 'vpc-nobodys' }), 'IllegalParam.VpcId')
    await succeeds(alibaba.call(alice, CREATE, parameters))
  })

  for (const [what, ClientToken] of [
    ['65 characters', 'x'.repeat(65)],
    ['not ASCII', 'tökén'],
  ] as const) {
    test(`${what}: illegal`, async () => {
      const parameters = { ...(await alibaba.proposal(alice, bob)), ClientToken }
      await fails(
        alibaba.call(alice, CREATE, parameters),
        'IllegalParam.ClientToken',
        'The param of ClientToken is illegal.',
      )
    })
  }

  test('64 characters are enough for Terraform', async () => {
    const ClientToken = `TF-CreateVpcPeerConnection-1700000000-${'0'.repeat(26)}`
    assert.equal(ClientToken.length, 64)
    await alibaba.propose(alice, bob, { ClientToken })
  })
})

suite('DryRun', () => {
  const lastEvent = () => alibaba.app.context.store.lastEventSequence()

  test('of everything that writes: the error that says it would succeed, and nothing written', async () => {
    const waiting = await alibaba.propose(alice, bob)
    const active = await alibaba.activate(alice, bob)
    const proposal = await alibaba.proposal(alice, bob)
    const VpcId = await alibaba.newVpc(alice)
    const resource = { RegionId: 'cn-hangzhou', ResourceType: 'PeerConnection' }
    const event = await lastEvent()
    for (const [tenant, action, parameters] of [
      [alice, CREATE, proposal],
      [bob, 'AcceptVpcPeerConnection', { InstanceId: waiting }],
      [bob, 'RejectVpcPeerConnection', { InstanceId: waiting }],
      [alice, 'DeleteVpcPeerConnection', { InstanceId: waiting, Force: true }],
      [alice, 'ModifyVpcPeerConnection', { InstanceId: active, Name: 'other' }],
      [alice, 'TagResources', { ...resource, 'ResourceId.1': active, 'Tag.1.Key': 'k' }],
      [alice, 'UnTagResources', { ...resource, 'ResourceId.1': active, All: true }],
      [alice, 'MoveResourceGroup', { ...resource, ResourceId: active, NewResourceGroupId: 'rg-1' }],
      [alice, 'CreateVpc', { RegionId: 'cn-hangzhou' }],
      [alice, 'DeleteVpc', { VpcId }],
    ] as const) {
      await fails(alibaba.call(tenant, action, { ...parameters, DryRun: true }), ...DRY)
    }
    assert.equal(await lastEvent(), event)
    assert.equal((await alibaba.show(alice, waiting)).Status, 'Accepting')
    await succeeds(alibaba.call(alice, 'DescribeVpcAttribute', { RegionId: 'cn-hangzhou', VpcId }))
  })

  test('finds what stands in the way', async () => {
    const InstanceId = await alibaba.activate(alice, bob)
    await fails(
      alibaba.call(bob, 'AcceptVpcPeerConnection', { InstanceId, DryRun: true }),
      'IncorrectStatus.VpcPeer',
    )
    await fails(
      alibaba.call(mallory, 'DeleteVpcPeerConnection', { InstanceId, DryRun: true }),
      'ResourceNotFound.InstanceId',
    )
    const parameters = await alibaba.proposal(alice, bob)
    await succeeds(alibaba.call(alice, CREATE, parameters))
    await fails(alibaba.call(alice, CREATE, { ...parameters, DryRun: true }), 'ResourceAlreadyExist.VpcPeer')
  })

  test('does not spend the token', async () => {
    const parameters = { ...(await alibaba.proposal(alice, bob)), ClientToken: 'dry-then-wet' }
    await fails(alibaba.call(alice, CREATE, { ...parameters, DryRun: true }), ...DRY)
    await succeeds(alibaba.call(alice, CREATE, { ...parameters, DryRun: false }))
  })

  test('counts for nothing where nothing is written', async () => {
    const InstanceId = await alibaba.propose(alice, bob)
    await succeeds(alibaba.call(alice, 'GetVpcPeerConnectionAttribute', { InstanceId, DryRun: true }))
  })

  test('neither true nor false: illegal', async () => {
    const InstanceId = await alibaba.propose(alice, bob)
    await fails(
      alibaba.call(bob, 'AcceptVpcPeerConnection', { InstanceId, DryRun: 'perhaps' }),
      'IllegalParam.DryRun',
    )
  })
})

suite('changes at the same time', () => {
  test('accept and reject: one of them wins', async () => {
    for (let round = 0; round < 5; round++) {
      const InstanceId = await alibaba.propose(alice, bob)
      const answers = await Promise.all(
        ['AcceptVpcPeerConnection', 'RejectVpcPeerConnection'].flatMap((action) =>
          Array.from({ length: 4 }, () => alibaba.call(bob, action, { InstanceId })),
        ),
      )
      const codes = answers.map(({ body }) => body.Code)
      assert.equal(codes.filter((code) => code === undefined).length, 1)
      for (const answer of answers) {
        if (answer.body.Code === undefined) continue
        assert.equal(answer.status, 400)
        assert.ok(
          ['Conflict.Operation', 'IncorrectStatus.VpcPeer'].includes(answer.body.Code),
          answer.body.Code,
        )
      }
    }
  })

  test('one pair asked for many times: one peering', async () => {
    const parameters = await alibaba.proposal(alice, bob)
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => alibaba.call(alice, CREATE, parameters)),
    )
    const codes = answers.map(({ body }) => body.Code).filter((code) => code !== undefined)
    assert.equal(codes.length, 9)
    for (const code of codes) assert.match(code, /^(Conflict\.Operation|ResourceAlreadyExist\.VpcPeer)$/)
  })

  test('the loser is told in these words', async () => {
    const InstanceId = await alibaba.propose(alice, bob)
    const { inFlight } = alibaba.app.context
    const view = await alibaba.app.context.store.findPeering(InstanceId)
    assert.ok(view)
    inFlight.set(view.peering.id, 1)
    await fails(
      alibaba.call(bob, 'AcceptVpcPeerConnection', { InstanceId }),
      'Conflict.Operation',
      'There are other peering operations on the requester VPC or accepter VPC, try again later.',
    )
    inFlight.delete(view.peering.id)
    await succeeds(alibaba.call(bob, 'AcceptVpcPeerConnection', { InstanceId }))
  })
})
