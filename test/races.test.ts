import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, type TestContext, test } from 'node:test'
import { fillStore, type Member } from '../bench/fill-store.ts'
import { type Answer, LoadGenerator, requestBytes, type Work } from '../bench/load-generator.ts'
import type { Pair } from '../src/dialects/encoding.ts'
import { signHeaders } from '../src/dialects/huawei/signing.ts'
import type { QuotaName } from '../src/domain/errors.ts'
import { sign as signAlibaba } from './dialects/alibaba/client.ts'
import {
  LEGACY_PATH,
  type Signed,
  signWithHeaders,
  signWithParameters,
  startTencent,
  v3Succeeds,
} from './dialects/tencent/client.ts'
import { ADMIN_TOKEN, native, spawnService, type TestService } from './rig/service.ts'
import { alice, BOOTSTRAP, bob, mallory, type TestTenant, vpcOf } from './rig/tenants.ts'

/** Requests under way at once; a multiple of three, for the three that race for one peering. */
const CONNECTIONS = 63
const PEERINGS = 10_000

type Verb = 'accept' | 'reject' | 'delete'
/** What a client was told: that it was done, or why it was not. */
type Verdict = 'ok' | 'wrong-state' | 'not-found' | 'busy' | 'exists' | 'quota'
type Ids = Readonly<Record<'huawei' | 'alibaba' | 'tencent', string>>
interface End {
  readonly tenant: TestTenant
  readonly ids: Ids
}

/** How one vendor's clients say what these tests need, and how they read the answers. */
interface Speaker {
  readonly name: string
  /** What the event log calls it. */
  readonly dialect: 'native' | 'huawei' | 'alibaba' | 'tencent'
  change(host: string, by: TestTenant, verb: Verb, id: Ids): Buffer
  ask(host: string, from: End, to: End): Buffer
  /** The error's code as the vendor words it; null for a success. */
  codeOf(answer: Answer): string | null
  readonly words: Readonly<Record<string, Verdict>>
}

const capital = (verb: Verb) => ({ accept: 'Accept', reject: 'Reject', delete: 'Delete' })[verb]
const parsed = ({ body }: Answer) => JSON.parse(body) as Record<string, unknown>

function huaweiRequest(host: string, by: TestTenant, method: string, path: string, body: string): Buffer {
  const headers = { host, 'content-type': 'application/json', 'x-project-id': by.projects['region-a'] }
  const signer = {
    scheme: 'SDK-HMAC-SHA256 Access',
    accessKeyId: by.key.id,
    secret: by.key.secret,
  } as const
  const request = { method, path, query: '', headers, body: Buffer.from(body) }
  return requestBytes(method, path, { ...headers, ...signHeaders(request, signer, Date.now()) }, body)
}

const bytesOf = (host: string, { method, target, headers, body }: Signed) =>
  requestBytes(method, target, { host, ...headers }, body)

function alibabaRequest(host: string, by: TestTenant, action: string, parameters: Record<string, string>) {
  const { method, query, headers, body } = signAlibaba(host, by, action, parameters, {})
  return bytesOf(host, { method, target: query === '' ? '/' : `/?${query}`, headers, body })
}

function legacyRequest(host: string, by: TestTenant, action: string, parameters: Record<string, string>) {
  const pairs: Pair[] = [['Action', action], ['Region', 'gz'], ...Object.entries(parameters)]
  return bytesOf(host, signWithParameters(host, LEGACY_PATH, by, pairs, {}))
}

const legacy = {
  dialect: 'tencent',
  ask: (host: string, from: End, to: End) =>
    legacyRequest(host, from.tenant, 'CreateVpcPeeringConnection', {
      vpcId: from.ids.tencent,
      peerVpcId: to.ids.tencent,
      peerUin: to.tenant.uin,
      peeringConnectionName: 'raced',
    }),
  codeOf: (answer: Answer) => {
    const { code, codeDesc } = parsed(answer)
    return code === 0 ? null : `${code} ${codeDesc}`
  },
  words: {
    '5100 InvalidPeeringConnection.InvalidState': 'wrong-state',
    '5000 InvalidPeeringConnection.NotFound': 'not-found',
    '4000 PeeringConnectionVpcConflict': 'exists',
    '4400 PeeringConnectionLimitExceeded': 'quota',
  },
} as const

const SPEAKERS: readonly Speaker[] = [
  {
    name: 'native',
    dialect: 'native',
    change(host, { key }, verb, { huawei: id }) {
      const headers = { host, authorization: `Bearer ${key.id}.${key.secret}` }
      const path = `/isthmus/v1/peerings/${id}`
      return verb === 'delete'
        ? requestBytes('DELETE', path, headers)
        : requestBytes('POST', `${path}/${verb}`, { ...headers, 'content-length': '0' })
    },
    ask(host, from, to) {
      const { id, secret } = from.tenant.key
      const body = { requesterVpc: from.ids.huawei, accepterVpc: to.ids.huawei, name: 'raced' }
      const headers = { host, authorization: `Bearer ${id}.${secret}`, 'content-type': 'application/json' }
      return requestBytes('POST', '/isthmus/v1/peerings', headers, JSON.stringify(body))
    },
    codeOf: (answer) => (answer.status < 300 ? null : `${answer.status} ${parsed(answer)['code']}`),
    words: {
      '409 peering.wrong-state': 'wrong-state',
      '404 peering.not-found': 'not-found',
      '409 peering.exists': 'exists',
      '409 quota.exceeded': 'quota',
    },
  },
  {
    name: 'Huawei',
    dialect: 'huawei',
    change(host, by, verb, { huawei: id }) {
      const path = `/v2.0/vpc/peerings/${id}`
      return verb === 'delete'
        ? huaweiRequest(host, by, 'DELETE', path, '')
        : huaweiRequest(host, by, 'PUT', `${path}/${verb}`, '{}')
    },
    ask: (host, from, to) =>
      huaweiRequest(
        host,
        from.tenant,
        'POST',
        '/v2.0/vpc/peerings',
        JSON.stringify({
          peering: {
            name: 'raced',
            request_vpc_info: { vpc_id: from.ids.huawei },
            accept_vpc_info: { vpc_id: to.ids.huawei, tenant_id: to.tenant.projects['region-a'] },
          },
        }),
      ),
    codeOf(answer) {
      if (answer.status < 300) return null
      const { code, message } = parsed(answer)
      // One code for all that is wrong with a request; the text says what.
      return `${answer.status} ${code}${String(message).includes('which does not allow') ? ' state' : ''}`
    },
    words: {
      '400 InvalidInput state': 'wrong-state',
      '404 VpcPeeringNotFound': 'not-found',
      '409 VpcPeeringExists': 'exists',
      '409 OverQuota': 'quota',
    },
  },
  {
    name: 'Alibaba',
    dialect: 'alibaba',
    change: (host, by, verb, { alibaba: InstanceId }) =>
      alibabaRequest(host, by, `${capital(verb)}VpcPeerConnection`, { InstanceId }),
    ask: (host, from, to) =>
      alibabaRequest(host, from.tenant, 'CreateVpcPeerConnection', {
        RegionId: 'cn-hangzhou',
        VpcId: from.ids.alibaba,
        AcceptingAliUid: to.tenant.uid,
        AcceptingRegionId: 'cn-hangzhou',
        AcceptingVpcId: to.ids.alibaba,
        ClientToken: randomUUID(),
      }),
    codeOf: (answer) => (answer.status === 200 ? null : `${answer.status} ${parsed(answer)['Code']}`),
    words: {
      '400 IncorrectStatus.VpcPeer': 'wrong-state',
      '400 ResourceNotFound.InstanceId': 'not-found',
      // This vendor refuses what comes while another change is under way; the others wait for their turn.
      '400 Conflict.Operation': 'busy',
      '400 ResourceAlreadyExist.VpcPeer': 'exists',
      '400 QuotaExceeded.VpcPeerCountPerUserPerRegion': 'quota',
      '400 QuotaExceeded.VpcPeerCountPerVpc': 'quota',
    },
  },
  {
    ...legacy,
    name: 'Tencent legacy',
    change: (host, by, verb, { tencent: peeringConnectionId }) =>
      legacyRequest(host, by, `${capital(verb)}VpcPeeringConnection`, { peeringConnectionId }),
  },
  {
    ...legacy,
    name: 'Tencent legacy Ex',
    change: (host, by, verb, { tencent: peeringConnectionId }) =>
      legacyRequest(host, by, `${capital(verb)}VpcPeeringConnectionEx`, { peeringConnectionId }),
  },
  {
    name: 'Tencent 3.0',
    dialect: 'tencent',
    change: (host, by, verb, { tencent: PeeringConnectionId }) =>
      bytesOf(
        host,
        signWithHeaders(host, by, `${capital(verb)}VpcPeeringConnection`, { PeeringConnectionId }, {}),
      ),
    ask: (host, from, to) =>
      bytesOf(
        host,
        signWithHeaders(
          host,
          from.tenant,
          'CreateVpcPeeringConnection',
          {
            SourceVpcId: from.ids.tencent,
            PeeringConnectionName: 'raced',
            DestinationVpcId: to.ids.tencent,
            DestinationUin: to.tenant.uin,
            DestinationRegion: 'ap-guangzhou',
          },
          {},
        ),
      ),
    codeOf(answer) {
      const { Error: error } = parsed(answer)['Response'] as { Error?: { Code: string } }
      return error?.Code ?? null
    },
    words: {
      'UnsupportedOperation.VpcPeerInvalidStateChange': 'wrong-state',
      ResourceNotFound: 'not-found',
      'UnsupportedOperation.VpcPeerAlreadyExist': 'exists',
      'LimitExceeded.VpcPeerTotalLimitExceeded': 'quota',
    },
  },
]

function verdictOf(speaker: Speaker, answer: Answer): Verdict {
  assert.ok(answer.status < 500, `${speaker.name} answered ${answer.status}: ${answer.body}`)
  const code = speaker.codeOf(answer)
  const verdict = code === null ? 'ok' : speaker.words[code]
  assert.ok(verdict, `${speaker.name} answered ${answer.status}: ${answer.body}`)
  return verdict
}

const anySpeaker = (): Speaker => {
  const speaker = SPEAKERS[Math.floor(Math.random() * SPEAKERS.length)]
  assert.ok(speaker)
  return speaker
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}

/** Sends everything over as many connections as there may be, in order; each group of `together` leaves at one moment. */
async function sendAll<T>(
  service: TestService,
  items: readonly T[],
  together: number,
  requestOf: (item: T) => Buffer,
  onAnswer: (item: T, answer: Answer) => void,
): Promise<void> {
  const generator = await LoadGenerator.open(service.url, CONNECTIONS)
  let taken = 0
  let gate = Promise.withResolvers<void>()
  const next = (): Work | null => {
    const item = items[taken]
    if (item === undefined) return null
    taken++
    const mine = gate
    if (taken % together === 0 || taken === items.length) {
      gate.resolve()
      gate = Promise.withResolvers()
    }
    return async (send) => {
      const request = requestOf(item)
      await mine.promise
      onAnswer(item, await send(request))
    }
  }
  try {
    await generator.run(Number.POSITIVE_INFINITY, next)
  } finally {
    generator.close()
  }
}

interface ShownPeering {
  readonly id: string
  readonly ids: Ids
  readonly state: string
  readonly requester: { readonly tenant: { readonly id: string; readonly name: string } }
  readonly accepter: { readonly tenant: { readonly id: string; readonly name: string } }
}

interface ShownEvent {
  readonly sequence: number
  readonly type: string
  readonly peering: string
  readonly from: string | null
  readonly to: string
  readonly actor: { readonly tenant: string | null; readonly dialect: string | null }
}

async function listPeerings(service: TestService): Promise<ShownPeering[]> {
  const all: ShownPeering[] = []
  for (let after: string | null = ''; after !== null; ) {
    const path: string = `/peerings?limit=1000${after === '' ? '' : `&after=${after}`}`
    const { body }: { body: { peerings: ShownPeering[]; next: string | null } } = await native(
      service,
      ADMIN_TOKEN,
      'GET',
      path,
    )
    all.push(...body.peerings)
    after = body.next
  }
  return all
}

async function listEvents(service: TestService): Promise<ShownEvent[]> {
  const all: ShownEvent[] = []
  for (;;) {
    const path = `/events?limit=1000&after=${all.length}`
    const { body }: { body: { events: ShownEvent[] } } = await native(service, ADMIN_TOKEN, 'GET', path)
    if (body.events.length === 0) return all
    all.push(...body.events)
  }
}

interface Move {
  readonly verb: Verb
  readonly speaker: Speaker
  readonly by: TestTenant
  readonly byId: string
  readonly ids: Ids
  verdict: Verdict | null
}

const WORD = { accept: 'peering.accepted', reject: 'peering.rejected', delete: 'peering.deleted' } as const
const STATE = { accept: 'active', reject: 'rejected', delete: 'deleted' } as const

/** What must be true of one peering after its race. Answers what won, e.g. `accept, then delete`. */
function checkRace(
  peering: string,
  moves: readonly Move[],
  chain: readonly ShownEvent[],
  shown: string,
): string {
  const told = moves.map(({ verb, speaker, verdict }) => `${verb} (${speaker.name}): ${verdict}`).join('; ')
  const log = chain.map(({ type, from, to }) => `${type} ${from}>${to}`).join(', ')
  const say = (what: string) => `${peering}: ${what}. Told: ${told}. Log: ${log}. Shown: ${shown}`
  const [requested, ...made] = chain
  assert.deepEqual([requested?.type, requested?.from, requested?.to], [
    'peering.requested',
    null,
    'pending-acceptance',
  ] as unknown)
  let state = 'pending-acceptance'
  for (const event of made) {
    assert.equal(event.from, state, say('the log does not fit together'))
    state = event.to
    const move = moves.find(({ verb }) => WORD[verb] === event.type)
    assert.ok(move, say('nobody asked for this'))
    assert.equal(event.to, STATE[move.verb], say('the event leads elsewhere'))
    assert.equal(move.verdict, 'ok', say('something was logged that its client was told had failed'))
    assert.deepEqual(
      [event.actor.tenant, event.actor.dialect],
      [move.byId, move.speaker.dialect],
      say('the wrong one is named'),
    )
  }
  const won = moves.filter(({ verdict }) => verdict === 'ok').map(({ verb }) => verb)
  assert.equal(made.length, won.length, say('as many changes as successes'))
  assert.ok(won.length > 0, say('somebody must win'))
  assert.ok(!(won.includes('accept') && won.includes('reject')), say('two won'))
  assert.equal(shown, state, say('what is shown is not where the log ends'))
  for (const { verb, verdict, speaker } of moves) {
    if (verdict === 'ok') continue
    if (verdict === 'busy') assert.equal(speaker.name, 'Alibaba', say('only one vendor has a word for busy'))
    else if (verdict === 'not-found') assert.ok(won.includes('delete'), say('it was there all along'))
    else if (verdict === 'wrong-state')
      assert.ok(won.includes('accept') || won.includes('reject'), say('it was waiting'))
    else assert.fail(say(`${verdict} is no answer to this`))
    // Deleting is right in every state, so that nothing but another change can be in its way.
    if (verb === 'delete') assert.equal(verdict, 'busy', say('it should have been deleted'))
  }
  return made.map(({ type }) => type.replace('peering.', '')).join(', then ')
}

function testTenantOf({ tenant, key }: Member): TestTenant {
  const [a = '', b = ''] = Object.values(tenant.huawei.projects)
  const { uin, appId } = tenant.tencent
  const projects = { 'region-a': a, 'region-b': b }
  return { name: tenant.name, key, password: '', uid: tenant.alibaba.uid, uin, appId, projects }
}

function temporaryDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'isthmus-races-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

suite('races over HTTP', () => {
  test(`accept, reject and delete of each of ${PEERINGS} waiting peerings, at once`, async (t) => {
    const directory = temporaryDirectory(t)
    const { askers, answerers } = fillStore(directory, PEERINGS, () => {})
    const tenants = new Map(
      [...askers, ...answerers].map((member) => [member.tenant.id as string, testTenantOf(member)]),
    )
    const service = await spawnService({ directory, bootstrap: null })
    t.after(() => service.close())

    const waiting = await listPeerings(service)
    assert.equal(waiting.length, PEERINGS)
    const races = new Map<string, Move[]>()
    for (const { id, ids, state, requester, accepter } of waiting) {
      assert.equal(state, 'pending-acceptance')
      const move = (verb: Verb, byId: string): Move => {
        const by = tenants.get(byId)
        assert.ok(by)
        return { verb, speaker: anySpeaker(), by, byId, ids, verdict: null }
      }
      const moves = [
        move('accept', accepter.tenant.id),
        move('reject', accepter.tenant.id),
        move('delete', requester.tenant.id),
      ]
      races.set(id, shuffled(moves))
    }
    const startedAtMs = performance.now()
    await sendAll(
      service,
      [...races.values()].flat(),
      3,
      ({ speaker, by, verb, ids }) => speaker.change(service.host, by, verb, ids),
      (move, answer) => {
        assert.equal(move.verdict, null)
        move.verdict = verdictOf(move.speaker, answer)
      },
    )
    const seconds = (performance.now() - startedAtMs) / 1000

    const events = await listEvents(service)
    const chains = Map.groupBy(events, ({ peering }) => peering)
    for (const [index, { sequence }] of events.entries()) assert.equal(sequence, index + 1)
    assert.equal(chains.size, PEERINGS)
    const shown = new Map((await listPeerings(service)).map(({ id, state }) => [id, state]))
    const tally = new Map<string, number>()
    for (const [id, moves] of races) {
      const outcome = checkRace(id, moves, chains.get(id) ?? [], shown.get(id) ?? 'deleted')
      tally.set(outcome, (tally.get(outcome) ?? 0) + 1)
    }
    const busy = [...races.values()].flat().filter(({ verdict }) => verdict === 'busy').length
    const won = [...tally].sort(([, a], [, b]) => b - a).map(([outcome, count]) => `${outcome} ${count}`)
    t.diagnostic(`${PEERINGS} races in ${seconds.toFixed(1)} s: ${won.join('; ')}; told busy ${busy}`)
    // Else nothing raced, and this test has shown nothing.
    for (const first of ['accepted', 'rejected', 'deleted']) {
      assert.ok(
        [...tally.keys()].some((outcome) => outcome.startsWith(first)),
        `never ${first} first`,
      )
    }
  })

  test('500 requests for one pair of VPCs, in both directions', async (t) => {
    const service = await spawnService()
    t.after(() => service.close())
    const ends = [vpcOf(alice, 1), vpcOf(bob, 1)] as const
    const requests = Array.from({ length: 500 }, (_, index) => ({
      speaker: SPEAKERS[index % SPEAKERS.length] ?? anySpeaker(),
      ends: Math.random() < 0.5 ? ends : ([ends[1], ends[0]] as const),
    }))
    const tally = await ask(service, requests)
    t.diagnostic(`500 requests for one pair: ${describe(tally)}`)
    assert.equal(tally.get('ok'), 1)
    assert.equal(500 - 1 - (tally.get('exists') ?? 0) - (tally.get('busy') ?? 0), 0)
    assert.deepEqual(
      (await listPeerings(service)).map(({ state }) => state),
      ['pending-acceptance'],
    )
    assert.equal((await listEvents(service)).length, 1)
  })

  for (const [quota, vpcCount] of [
    ['peerings-per-tenant-region', 60],
    ['peerings-per-vpc', 1],
  ] as const) {
    test(`more requests at once than the quota ${quota} has room for`, async (t) => {
      const { bootstrap, mine, theirs } = limited(quota, vpcCount)
      const service = await spawnService({ bootstrap })
      t.after(() => service.close())
      const requests = theirs.flatMap((end, index) => {
        const from = mine[index % mine.length]
        assert.ok(from)
        return [{ speaker: SPEAKERS[index % SPEAKERS.length] ?? anySpeaker(), ends: [from, end] as const }]
      })
      const tally = await ask(service, shuffled(requests))
      t.diagnostic(`${requests.length} requests against ${quota} 5: ${describe(tally)}`)
      assert.equal(tally.get('ok'), 5)
      assert.equal(requests.length - 5 - (tally.get('quota') ?? 0) - (tally.get('busy') ?? 0), 0)
      assert.equal((await listPeerings(service)).length, 5)
      assert.equal((await listEvents(service)).length, 5)
    })
  }

  test('agreeing at once with two whose blocks overlap, where that is refused', async (t) => {
    const service = await startTencent()
    t.after(() => service.close())
    for (let round = 0; round < 20; round++) {
      const hub = await service.newVpc(alice, 'ap-guangzhou', '10.0.0.0/16')
      const ask = async (to: TestTenant) => {
        const parameters = {
          SourceVpcId: hub,
          PeeringConnectionName: 'raced',
          DestinationVpcId: await service.newVpc(to, 'ap-guangzhou', '10.1.0.0/16'),
          DestinationUin: to.uin,
          DestinationRegion: 'ap-guangzhou',
        }
        const answer = await service.v3(alice, 'CreateVpcPeeringConnection', parameters)
        return { to, PeeringConnectionId: v3Succeeds(answer).PeeringConnectionId }
      }
      const asked = [await ask(bob), await ask(mallory)]
      const answers = await Promise.all(
        asked.map(({ to, PeeringConnectionId }) =>
          service.v3(to, 'AcceptVpcPeeringConnection', { PeeringConnectionId }),
        ),
      )
      const codes = answers.map(({ body }) => body.Response.Error?.Code ?? 'ok').sort()
      assert.deepEqual(codes, ['UnauthorizedOperation', 'ok'], `round ${round}`)
    }
  })
})

/** Asks for all of them at once; how often each answer was given. */
async function ask(
  service: TestService,
  requests: readonly { speaker: Speaker; ends: readonly [End, End] }[],
): Promise<Map<Verdict, number>> {
  const tally = new Map<Verdict, number>()
  await sendAll(
    service,
    requests,
    CONNECTIONS,
    ({ speaker, ends: [from, to] }) => speaker.ask(service.host, from, to),
    ({ speaker }, answer) => {
      const verdict = verdictOf(speaker, answer)
      if (verdict === 'busy') assert.equal(speaker.name, 'Alibaba')
      tally.set(verdict, (tally.get(verdict) ?? 0) + 1)
    },
  )
  return tally
}

const describe = (tally: ReadonlyMap<string, number>) =>
  [...tally].map(([verdict, count]) => `${verdict} ${count}`).join(', ')

/** Alice with room for five peerings, her VPCs, and sixty of bob's; no blocks overlap. */
function limited(quota: QuotaName, vpcCount: number) {
  const ends = (tenant: TestTenant, count: number, digit: string) =>
    Array.from({ length: count }, (_, index) => {
      const serial = `${digit}${String(index).padStart(3, '0')}`
      const ids = {
        huawei: `00000000-0000-4000-8000-00000001${serial}`,
        alibaba: `vpc-bp1race00000000${serial}`,
        tencent: `vpc-race${serial}`,
      }
      const vpc = {
        name: `race-${serial}`,
        region: 'region-a',
        cidrs: [`10.${100 + Number(digit)}.${index}.0/24`],
      }
      return { tenant, ids, vpc: { ...vpc, tenant: tenant.name, ids } }
    })
  const [mine, theirs] = [ends(alice, vpcCount, '1'), ends(bob, 60, '2')]
  const tenants = BOOTSTRAP.tenants.map((tenant) =>
    tenant.name === alice.name ? { ...tenant, quotas: { ...tenant.quotas, [quota]: 5 } } : tenant,
  )
  return {
    bootstrap: { ...BOOTSTRAP, tenants, vpcs: [...mine, ...theirs].map(({ vpc }) => vpc) },
    mine,
    theirs,
  }
}
