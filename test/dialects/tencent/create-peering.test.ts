import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { alice, BOOTSTRAP, bob, mallory } from '../../rig/tenants.ts'
import {
  type CallOptions,
  legacyFails,
  legacySucceeds,
  NOBODYS_VPC,
  type Parameters,
  startTencent,
  type TencentService,
  v3Fails,
  v3Succeeds,
} from './client.ts'

let service: TencentService
before(async () => {
  service = await startTencent()
})
after(() => service.close())

const ask = (parameters: Parameters, options: CallOptions = {}) =>
  service.v3(alice, 'CreateVpcPeeringConnection', parameters, options)
const askLegacy = (parameters: Parameters, options: CallOptions = {}) =>
  service.legacy(alice, 'CreateVpcPeeringConnection', parameters, options)
const askEx = (parameters: Parameters, options: CallOptions = {}) =>
  service.legacy(alice, 'CreateVpcPeeringConnectionEx', parameters, options)
const EX = { peerRegion: 'gz', bandwidth: '10' }

const without = (parameters: Parameters, name: string): Parameters => {
  const { [name]: _, ...rest } = parameters
  return rest
}

describe('API 3.0 CreateVpcPeeringConnection', () => {
  describe('serialization', () => {
    it('answers the id and the request id', async () => {
      const { v3: parameters } = await service.proposal(alice, bob)
      const response = v3Succeeds(await ask(parameters))
      assert.deepEqual(Object.keys(response), ['PeeringConnectionId', 'RequestId'])
      assert.match(response.PeeringConnectionId, /^pcx-[a-z0-9]{8}$/)
    })

    it('keeps everything it was told', async () => {
      const { v3: parameters } = await service.proposal(alice, bob)
      const more = {
        PeeringConnectionName: '中文 é a+b&c=d_e "quoted" \\ 🜁',
        Bandwidth: 10,
        Type: 'VPC_PEER',
        ChargeType: 'POSTPAID_BY_DAY_MAX',
        QosLevel: 'AU',
        Tags: [{ Key: 'k', Value: 'v' }, { Key: 'empty' }],
      }
      const { PeeringConnectionId } = v3Succeeds(await ask({ ...parameters, ...more }))
      const shown = await service.show(alice, PeeringConnectionId)
      assert.partialDeepStrictEqual(shown, {
        ...without(more, 'Tags'),
        TagSet: [
          { Key: 'k', Value: 'v' },
          { Key: 'empty', Value: '' },
        ],
      })
      // Tags are each side's own.
      assert.deepEqual((await service.show(bob, PeeringConnectionId))?.TagSet, [])
    })

    for (const scheme of ['HmacSHA1', 'HmacSHA256', 'TC3-HMAC-SHA256'] as const) {
      for (const method of ['GET', 'POST'] as const) {
        it(`reads ${method} with ${scheme}`, async () => {
          const { v3: parameters } = await service.proposal(alice, bob)
          const more = {
            PeeringConnectionName: "中文 a+b&c=d_e*'(x)",
            Bandwidth: 20,
            Tags: [{ Key: 'k', Value: 'v w' }],
          }
          const answer = await ask({ ...parameters, ...more }, { scheme, method })
          const shown = await service.show(alice, v3Succeeds(answer).PeeringConnectionId)
          const { Tags, ...rest } = more
          assert.partialDeepStrictEqual(shown, { ...rest, TagSet: Tags })
        })
      }
    }

    it('takes either spelling of a region, and nulls for what is left out', async () => {
      const { v3: parameters } = await service.proposal(alice, bob)
      const answer = await ask(
        { ...parameters, DestinationRegion: 'gz', Bandwidth: null, Tags: null },
        { region: 'gz' },
      )
      const shown = await service.show(alice, v3Succeeds(answer).PeeringConnectionId)
      assert.equal(shown?.DestinationRegion, 'gz')
      assert.equal(shown?.Bandwidth, 0)
    })
  })

  describe('validation', () => {
    const REQUIRED = [
      'SourceVpcId',
      'PeeringConnectionName',
      'DestinationVpcId',
      'DestinationUin',
      'DestinationRegion',
    ]
    for (const name of REQUIRED) {
      it(`wants ${name}`, async () => {
        const { v3: parameters } = await service.proposal(alice, bob)
        const answer = await service.unchanged(() => ask(without(parameters, name)))
        assert.match(v3Fails(answer, 'MissingParameter'), new RegExp(`\`${name}\``))
      })
    }

    const WRONG: readonly [Parameters, string][] = [
      [{ SourceVpcId: 'nonsense' }, 'InvalidParameterValue.Malformed'],
      [{ DestinationVpcId: 'pcx-12345678' }, 'InvalidParameterValue.Malformed'],
      [{ DestinationUin: '' }, 'InvalidParameterValue.Malformed'],
      [{ DestinationUin: 'abc' }, 'InvalidParameterValue.Malformed'],
      [{ DestinationUin: 100000000002 }, 'InvalidParameter'],
      [{ DestinationRegion: 'mars' }, 'UnsupportedRegion'],
      [{ DestinationRegion: 'ap-tokyo' }, 'UnsupportedRegion'],
      [{ PeeringConnectionName: '' }, 'InvalidParameterValue.Empty'],
      [{ PeeringConnectionName: 'x'.repeat(61) }, 'InvalidParameterValue'],
      [{ PeeringConnectionName: 'a\0b' }, 'InvalidParameterValue.Malformed'],
      [{ PeeringConnectionName: 7 }, 'InvalidParameter'],
      [{ Bandwidth: -1 }, 'InvalidParameterValue'],
      [{ Bandwidth: 1.5 }, 'InvalidParameter'],
      [{ Bandwidth: 'fast' }, 'InvalidParameter'],
      [{ Bandwidth: 1e300 }, 'InvalidParameter'],
      [{ Type: 'VPC_BM_PEER' }, 'InvalidParameterValue'],
      [{ ChargeType: 'FREE' }, 'InvalidParameterValue'],
      [{ QosLevel: 'constructor' }, 'InvalidParameterValue'],
      [{ Tags: 'k' }, 'InvalidParameter'],
      [{ Tags: ['k'] }, 'InvalidParameter'],
      [{ Tags: [{ Value: 'v' }] }, 'MissingParameter'],
      [{ Tags: [{ Key: 'k', Value: 'v', More: 1 }] }, 'UnknownParameter'],
      [{ Tags: [{ Key: 'k' }, { Key: 'k' }] }, 'InvalidParameterValue'],
      [{ Tags: Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}` })) }, 'LimitExceeded'],
      [{ vpcId: 'vpc-12345678' }, 'UnknownParameter'],
      [{ __proto__: null, constructor: 1 }, 'UnknownParameter'],
    ]
    for (const [wrong, code] of WRONG) {
      it(`answers ${code} to ${JSON.stringify(wrong).slice(0, 70)}`, async () => {
        const { v3: parameters } = await service.proposal(alice, bob)
        v3Fails(await service.unchanged(() => ask({ ...parameters, ...wrong })), code)
      })
    }

    it('takes names of 60 characters, whatever their bytes', async () => {
      const { v3: parameters } = await service.proposal(alice, bob)
      v3Succeeds(await ask({ ...parameters, PeeringConnectionName: '网'.repeat(60) }))
    })

    it('wants a region that it knows', async () => {
      const { v3: parameters } = await service.proposal(alice, bob)
      v3Fails(await ask(parameters, { region: 'mars' }), 'UnsupportedRegion')
      assert.match(v3Fails(await ask(parameters, { region: null }), 'MissingParameter'), /`Region`/)
    })

    it('says what is wrong with the form before it looks for VPCs', async () => {
      const { v3: parameters } = await service.proposal(alice, bob)
      const answer = await ask({ ...parameters, SourceVpcId: NOBODYS_VPC, PeeringConnectionName: '' })
      v3Fails(answer, 'InvalidParameterValue.Empty')
    })
  })

  describe('permission', () => {
    it('does not find a VPC that is not there, is another account’s, or in another region', async () => {
      const { v3: parameters } = await service.proposal(alice, bob)
      for (const SourceVpcId of [NOBODYS_VPC, parameters.DestinationVpcId]) {
        const answer = await service.unchanged(() => ask({ ...parameters, SourceVpcId }))
        v3Fails(answer, 'ResourceNotFound')
      }
      v3Fails(await ask(parameters, { region: 'ap-shanghai' }), 'ResourceNotFound')
    })

    it('tells nobody whose a VPC is, or where', async () => {
      const { v3: parameters } = await service.proposal(alice, bob)
      const probe = async (more: Parameters) =>
        v3Fails(await service.unchanged(() => ask({ ...parameters, ...more })), 'ResourceNotFound')
          .replaceAll(parameters.DestinationVpcId, 'VPC')
          .replaceAll(NOBODYS_VPC, 'VPC')
          .replaceAll(/account \d+/g, 'account')
      const answers = [
        await probe({ DestinationVpcId: NOBODYS_VPC }),
        await probe({ DestinationUin: mallory.uin }),
        await probe({ DestinationUin: alice.uin }),
        await probe({ DestinationUin: '999' }),
        await probe({ DestinationRegion: 'ap-shanghai' }),
      ]
      assert.equal(new Set(answers).size, 1, answers.join('\n'))
    })
  })

  describe('behaviour', () => {
    it('waits for another account, and is active at once within one', async () => {
      assert.equal(await service.stateOf(bob, await service.propose(alice, bob)), 'PENDING')
      assert.equal(await service.stateOf(alice, await service.propose(alice, alice)), 'ACTIVE')
    })

    it('crosses regions', async () => {
      const id = await service.propose(alice, bob, { Bandwidth: 100 }, 'ap-shanghai')
      assert.partialDeepStrictEqual(await service.show(alice, id), {
        SourceRegion: 'gz',
        DestinationRegion: 'sh',
        Bandwidth: 100,
      })
    })

    it('refuses a second one between the same VPCs, whichever way round, and whichever account asks', async () => {
      const { v3: parameters } = await service.proposal(alice, bob)
      v3Succeeds(await ask(parameters))
      v3Fails(await service.unchanged(() => ask(parameters)), 'UnsupportedOperation.VpcPeerAlreadyExist')
      const reverse = {
        ...parameters,
        SourceVpcId: parameters.DestinationVpcId,
        DestinationVpcId: parameters.SourceVpcId,
        DestinationUin: alice.uin,
      }
      const answer = await service.v3(bob, 'CreateVpcPeeringConnection', reverse)
      v3Fails(answer, 'UnsupportedOperation.VpcPeerAlreadyExist')
    })

    it('refuses overlapping blocks', async () => {
      const { v3: parameters } = await service.proposal(alice, bob)
      const DestinationVpcId = await service.newVpc(bob, 'ap-guangzhou', '10.0.128.0/20')
      const answer = await service.unchanged(() => ask({ ...parameters, DestinationVpcId }))
      v3Fails(answer, 'UnsupportedOperation.VpcPeerCidrConflict')
    })

    it('refuses a block that overlaps an end of a peering that is established', async () => {
      const { v3: parameters } = await service.proposal(alice, bob)
      const { PeeringConnectionId } = v3Succeeds(await ask(parameters))
      v3Succeeds(await service.v3(bob, 'AcceptVpcPeeringConnection', { PeeringConnectionId }))
      const DestinationVpcId = await service.newVpc(mallory, 'ap-guangzhou', '10.1.0.0/20')
      const another = { ...parameters, DestinationVpcId, DestinationUin: mallory.uin }
      const answer = await service.unchanged(() => ask(another))
      assert.doesNotMatch(v3Fails(answer, 'UnauthorizedOperation.VpcPeerCidrConflict'), /pcx-/)
    })

    it('refuses to peer a VPC with itself', async () => {
      const vpc = await service.newVpc(alice)
      const { v3: parameters } = await service.proposal(alice, alice)
      const answer = await ask({ ...parameters, SourceVpcId: vpc, DestinationVpcId: vpc })
      v3Fails(answer, 'InvalidParameterValue')
    })

    it('lets one of many at once succeed', async () => {
      const { v3: parameters } = await service.proposal(alice, bob)
      const answers = await Promise.all(Array.from({ length: 8 }, () => ask(parameters)))
      const codes = answers.map(({ body }) => body.Response.Error?.Code)
      assert.equal(codes.filter((code) => code === undefined).length, 1)
      assert.ok(
        codes.every((code) => code === undefined || code === 'UnsupportedOperation.VpcPeerAlreadyExist'),
      )
    })
  })
})

describe('legacy CreateVpcPeeringConnection', () => {
  describe('serialization', () => {
    it('answers the id', async () => {
      const { legacy: parameters } = await service.proposal(alice, bob)
      const body = legacySucceeds(await askLegacy(parameters))
      assert.deepEqual(Object.keys(body), ['code', 'message', 'codeDesc', 'peeringConnectionId'])
      assert.match(body.peeringConnectionId, /^pcx-[a-z0-9]{8}$/)
      assert.equal(await service.stateOf(bob, body.peeringConnectionId), 'PENDING')
    })

    for (const scheme of ['HmacSHA1', 'HmacSHA256'] as const) {
      for (const method of ['GET', 'POST'] as const) {
        it(`reads ${method} with ${scheme}`, async () => {
          const { legacy: parameters } = await service.proposal(alice, bob)
          const peeringConnectionName = "中文 a+b&c=d_e*'(x)"
          const answer = await askLegacy({ ...parameters, peeringConnectionName }, { scheme, method })
          const shown = await service.show(alice, legacySucceeds(answer).peeringConnectionId)
          assert.equal(shown?.PeeringConnectionName, peeringConnectionName)
        })
      }
    }
  })

  describe('validation', () => {
    for (const name of ['vpcId', 'peerVpcId', 'peerUin', 'peeringConnectionName']) {
      const codeDesc = name === 'peeringConnectionName' ? 'InvalidPeeringConnectionName' : 'InvalidParameter'
      it(`answers ${codeDesc} without ${name}, or where it is empty`, async () => {
        const { legacy: parameters } = await service.proposal(alice, bob)
        for (const wrong of [without(parameters, name), { ...parameters, [name]: '' }]) {
          const answer = await service.unchanged(() => askLegacy(wrong))
          assert.match(legacyFails(answer, 4000, codeDesc), new RegExp(name))
        }
      })
    }

    it('takes names of 60 characters and no longer', async () => {
      const { legacy: parameters } = await service.proposal(alice, bob)
      const named = (length: number) =>
        askLegacy({ ...parameters, peeringConnectionName: '网'.repeat(length) })
      legacyFails(await named(61), 4000, 'InvalidPeeringConnectionName')
      legacySucceeds(await named(60))
    })

    it('wants a region that it knows, and ignores parameters that it does not', async () => {
      const { legacy: parameters } = await service.proposal(alice, bob)
      legacyFails(await askLegacy(parameters, { region: 'mars' }), 4000, 'InvalidParameter')
      legacyFails(await askLegacy(parameters, { region: null }), 4000, 'InvalidParameter')
      legacySucceeds(await askLegacy({ ...parameters, more: 'x' }, { region: 'ap-guangzhou' }))
    })
  })

  describe('permission', () => {
    it('answers one and the same to every VPC that it does not find', async () => {
      const { legacy: parameters } = await service.proposal(alice, bob)
      const elsewhere = await service.newVpc(bob, 'ap-shanghai', '10.1.0.0/16')
      const wrong: Parameters[] = [
        { vpcId: NOBODYS_VPC },
        { vpcId: 'gz_vpc_245' },
        { vpcId: parameters.peerVpcId },
        { peerVpcId: NOBODYS_VPC },
        { peerVpcId: elsewhere },
        { peerUin: mallory.uin },
        { peerUin: 'nobody' },
      ]
      const texts = []
      for (const more of wrong) {
        const answer = await service.unchanged(() => askLegacy({ ...parameters, ...more }))
        legacyFails(answer, 5000, 'InvalidVpc.NotFound')
        texts.push(answer.text)
      }
      assert.equal(new Set(texts).size, 1)
    })
  })

  describe('behaviour', () => {
    it('is active at once within one account', async () => {
      const { legacy: parameters } = await service.proposal(alice, alice)
      const { peeringConnectionId } = legacySucceeds(await askLegacy(parameters))
      assert.equal(await service.stateOf(alice, peeringConnectionId), 'ACTIVE')
    })

    it('refuses a second one, and overlapping blocks', async () => {
      const { legacy: parameters } = await service.proposal(alice, bob)
      legacySucceeds(await askLegacy(parameters))
      legacyFails(await askLegacy(parameters), 4000, 'PeeringConnectionVpcConflict')
      const peerVpcId = await service.newVpc(bob, 'ap-guangzhou', '10.0.0.0/20')
      legacyFails(await askLegacy({ ...parameters, peerVpcId }), 4000, 'PeeringConnectionVpcConflict')
    })
  })
})

describe('legacy CreateVpcPeeringConnectionEx', () => {
  it('answers a task and no id', async () => {
    const { legacy: parameters } = await service.proposal(alice, bob, 'ap-shanghai')
    const body = legacySucceeds(await askEx({ ...parameters, peerRegion: 'sh', bandwidth: '10', type: 1 }))
    assert.deepEqual(Object.keys(body), ['code', 'message', 'codeDesc', 'taskId'])
    assert.ok(Number.isSafeInteger(body.taskId))
    const list = await service.v3(alice, 'DescribeVpcPeeringConnections', {
      Filters: [{ Name: 'vpc-id', Values: [parameters.vpcId] }],
    })
    const shown = v3Succeeds(list).PeerConnectionSet[0]
    assert.partialDeepStrictEqual(shown, { DestinationRegion: 'sh', Bandwidth: 10, State: 'PENDING' })
  })

  it('takes long region names, and the region of the call itself', async () => {
    for (const peerRegion of ['ap-shanghai', 'ap-guangzhou']) {
      const { legacy: parameters } = await service.proposal(alice, bob, peerRegion)
      legacySucceeds(await askEx({ ...parameters, peerRegion, bandwidth: 10 }))
    }
  })

  for (const [wrong, codeDesc] of [
    [{ peerRegion: '' }, 'InvalidParameter'],
    [{ peerRegion: 'mars' }, 'InvalidParameter'],
    [{ bandwidth: '' }, 'InvalidParameter'],
    [{ bandwidth: '0' }, 'InvalidParameter'],
    [{ bandwidth: 'fast' }, 'InvalidParameter'],
    [{ type: '2' }, 'InvalidParameter'],
    [{ peeringConnectionName: '' }, 'InvalidPeeringConnectionName'],
  ] as const) {
    it(`answers ${codeDesc} to ${JSON.stringify(wrong)}`, async () => {
      const { legacy: parameters } = await service.proposal(alice, bob)
      const answer = await service.unchanged(() => askEx({ ...parameters, ...EX, ...wrong }))
      legacyFails(answer, 4000, codeDesc)
    })
  }

  it('does not find a VPC in a region that it is not in', async () => {
    const { legacy: parameters } = await service.proposal(alice, bob)
    const answer = await askEx({ ...parameters, ...EX, peerRegion: 'sh' })
    legacyFails(answer, 5000, 'InvalidVpc.NotFound')
  })
})

describe('the quota', () => {
  it('is ten peerings for each VPC, waiting ones among them', async () => {
    const tenants = BOOTSTRAP.tenants.map(({ quotas: _, ...tenant }) => tenant)
    const strict = await startTencent({ bootstrap: { ...BOOTSTRAP, tenants } })
    try {
      const source = await strict.newVpc(alice)
      const propose = async (index: number) => {
        const { v3: parameters } = await strict.proposal(alice, bob)
        const DestinationVpcId = await strict.newVpc(bob, 'ap-guangzhou', `10.${index + 1}.0.0/16`)
        return { ...parameters, SourceVpcId: source, DestinationVpcId }
      }
      for (let index = 0; index < 10; index++) {
        v3Succeeds(await strict.v3(alice, 'CreateVpcPeeringConnection', await propose(index)))
      }
      const eleventh = await propose(10)
      const answer = await strict.unchanged(() => strict.v3(alice, 'CreateVpcPeeringConnection', eleventh))
      assert.match(v3Fails(answer, 'LimitExceeded.VpcPeerTotalLimitExceeded'), /10/)
      const legacy = await strict.legacy(alice, 'CreateVpcPeeringConnection', {
        vpcId: source,
        peerVpcId: eleventh.DestinationVpcId,
        peerUin: bob.uin,
        peeringConnectionName: 'eleventh',
      })
      legacyFails(legacy, 4400, 'PeeringConnectionLimitExceeded')
    } finally {
      await strict.close()
    }
  })
})

describe('an operator’s region that the vendor has no name for', () => {
  it('is known by its own name; API 3.0 leaves it out of its answers', async () => {
    const regions = [...BOOTSTRAP.regions, { name: 'attic', tencent: [] }]
    const service = await startTencent({ bootstrap: { ...BOOTSTRAP, regions } })
    try {
      const id = await service.propose(alice, bob, {}, 'attic')
      const shown = await service.show(bob, id, { region: 'attic' })
      assert.equal(shown?.SourceRegion, 'gz')
      assert.equal(shown && 'DestinationRegion' in shown, false)
      const list = await service.legacy(alice, 'DescribeVpcPeeringConnections', { peeringConnectionId: id })
      assert.partialDeepStrictEqual(legacySucceeds(list).data[0], { region: 'gz', peerRegion: 'attic' })
    } finally {
      await service.close()
    }
  })
})
