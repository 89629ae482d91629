import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { EVENT_TYPES } from '../../src/domain/event.ts'
import { LIVE_STATES, type PeeringState, TRANSITIONS } from '../../src/domain/peering.ts'
import { check } from './checker.ts'
import type { History, HistoryEvent, Operation, Outcome, Verb, ViolationKind } from './history.ts'
import { Recorder } from './recorder.ts'

const PENDING = 'pending-acceptance'
const ENDS = { requester: { tenant: 'ann', vpc: 'here' }, accepter: { tenant: 'ben', vpc: 'there' } }
/** Another pair of the same tenants. */
const ELSEWHERE = { requester: { tenant: 'ann', vpc: 'here too' }, accepter: ENDS.accepter }
const BACK = { requester: ENDS.accepter, accepter: ENDS.requester }

type Said = PeeringState | 'unknown' | `peering.${'not-found' | 'wrong-state' | 'wrong-side' | 'exists'}`

let operations = 0

const outcomeOf = (said: Said): Outcome =>
  said === 'unknown'
    ? { kind: 'unknown' }
    : said.startsWith('peering.')
      ? { kind: 'refused', code: said }
      : { kind: 'done', state: said as PeeringState }

/** Who did what to which peering, from when to when, and what was said. Request ids are the operation's times. */
function did(
  by: string,
  verb: Verb,
  peering: string | null,
  [from, to]: readonly [number, number],
  said: Said,
  more: Partial<Operation> = {},
): Operation {
  const outcome = outcomeOf(said)
  return {
    number: ++operations,
    client: by,
    verb,
    by,
    peering,
    asked: verb === 'create' ? ENDS : null,
    invokedAtMs: from,
    returnedAtMs: outcome.kind === 'unknown' ? null : to,
    outcome,
    requestId: outcome.kind === 'unknown' ? null : `${from}-${to}`,
    unansweredAttempts: 0,
    ...more,
  }
}

/** Events from lines like `p ann requested >pending-acceptance 1-2`, the last being the request's id. */
function log(...lines: readonly string[]): HistoryEvent[] {
  return lines.map((line, index) => {
    const [peering = '', by = '', type = '', states = '', requestId = null] = line.split(' ')
    const [from, to] = states.split('>')
    return {
      sequence: index + 1,
      type: `peering.${type}`,
      peering,
      from: (from || null) as PeeringState | null,
      to: to as PeeringState,
      requester: 'ann',
      accepter: 'ben',
      actor: {
        kind: by === 'operator' || by === 'clock' ? by : 'tenant',
        tenant: /operator|clock/.test(by) ? null : by,
        requestId,
      },
    }
  })
}

const history = (
  done: readonly Operation[],
  events: readonly HistoryEvent[],
  peerings: History['peerings'] = { p: ENDS },
): History => ({ operations: done, eventsBefore: 0, events, peerings })

const kinds = (seen: History) => [...new Set(check(seen).map(({ kind }) => kind))].sort()

const asked = did('ann', 'create', 'p', [1, 2], PENDING)
const ASKED = `p ann requested >${PENDING} 1-2`
const accepted = did('ben', 'accept', 'p', [3, 6], 'active')
const ACCEPTED = `p ben accepted ${PENDING}>active 3-6`

suite('a history that can be', () => {
  const histories: Readonly<Record<string, History>> = {
    'of nothing': history([], []),
    'of what came after other events': {
      ...history(
        [asked, accepted],
        log(ASKED, ACCEPTED).map((event) => ({ ...event, sequence: event.sequence + 5 })),
      ),
      eventsBefore: 5,
    },
    'of one peering from beginning to end': history(
      [
        asked,
        did('ben', 'show', 'p', [2, 3], PENDING),
        accepted,
        did('ann', 'accept', 'p', [7, 8], 'peering.wrong-state', { by: 'operator' }),
        did('ann', 'delete', 'p', [9, 10], 'deleted'),
        did('ben', 'show', 'p', [11, 12], 'peering.not-found'),
      ],
      log(ASKED, ACCEPTED, 'p ann deleted active>deleted 9-10'),
    ),
    'of a race that one has won': history(
      [asked, accepted, did('ben', 'reject', 'p', [3, 5], 'peering.wrong-state')],
      log(ASKED, ACCEPTED),
    ),
    'of reads on either side of a change that is under way': history(
      [
        asked,
        accepted,
        did('ann', 'show', 'p', [3, 4], PENDING),
        did('ann', 'show', 'p', [4.5, 5], 'active'),
      ],
      log(ASKED, ACCEPTED),
    ),
    'of a change without an answer that was made': history(
      [
        asked,
        did('ben', 'accept', 'p', [3, 0], 'unknown'),
        did('ann', 'show', 'p', [50, 51], PENDING),
        did('ann', 'show', 'p', [60, 61], 'active'),
      ],
      log(ASKED, `p ben accepted ${PENDING}>active lost`),
    ),
    'of a change without an answer that was not': history(
      [asked, did('ben', 'accept', 'p', [3, 0], 'unknown'), did('ann', 'show', 'p', [50, 51], PENDING)],
      log(ASKED),
    ),
    'of many changes without an answer, of which two were made': history(
      [
        asked,
        ...[1, 2, 3, 4].map((late) => did('ann', 'delete', 'p', [2 + late, 0], 'unknown')),
        did('ben', 'accept', 'p', [9, 0], 'unknown'),
        did('ann', 'show', 'p', [50, 51], 'active'),
        did('ann', 'show', 'p', [60, 61], 'peering.not-found'),
      ],
      log(ASKED, `p ben accepted ${PENDING}>active lost`, 'p ann deleted active>deleted lost'),
    ),
    'of a request without an answer, that another client has found': history(
      [did('ann', 'create', null, [1, 0], 'unknown'), did('ben', 'show', 'p', [3, 4], PENDING)],
      log(`p ann requested >${PENDING} lost`),
    ),
    'of a change that an attempt has made which nobody answered': history(
      [
        asked,
        did('ben', 'accept', 'p', [3, 6], 'active', {
          unansweredAttempts: 1,
          outcome: { kind: 'done', state: null },
        }),
      ],
      log(ASKED, `p ben accepted ${PENDING}>active lost`),
    ),
    'of a pair that was refused while it was held, and given away when it was free': history(
      [
        asked,
        did('ben', 'create', null, [3, 4], 'peering.exists', { asked: BACK }),
        did('ben', 'reject', 'p', [5, 6], 'rejected'),
        did('ann', 'create', 'q', [7, 8], PENDING),
      ],
      log(ASKED, `p ben rejected ${PENDING}>rejected 5-6`, `q ann requested >${PENDING} 7-8`),
      { p: ENDS, q: ENDS },
    ),
    'of a pair that is held while the peering that held it before is deleted': history(
      [
        asked,
        did('ben', 'reject', 'p', [3, 4], 'rejected'),
        did('ann', 'create', 'q', [5, 6], PENDING),
        did('ann', 'delete', 'p', [7, 8], 'deleted'),
        did('ben', 'create', null, [9, 10], 'peering.exists', { asked: BACK }),
      ],
      log(
        ASKED,
        `p ben rejected ${PENDING}>rejected 3-4`,
        `q ann requested >${PENDING} 5-6`,
        'p ann deleted rejected>deleted 7-8',
      ),
      { p: ENDS, q: ENDS },
    ),
    'of a request that lapsed, was seen so before that was on record, and was reopened': history(
      [
        asked,
        did('clock', 'expire', 'p', [10, 0], 'unknown'),
        did('ben', 'accept', 'p', [11, 12], 'peering.wrong-state'),
        did('ann', 'reopen', 'p', [14, 15], PENDING),
      ],
      log(ASKED, `p clock expired ${PENDING}>expired`, `p ann reopened expired>${PENDING} 14-15`),
    ),
  }
  for (const [name, seen] of Object.entries(histories)) {
    test(name, () => assert.deepEqual(check(seen), []))
  }
})

suite('a history that cannot be', () => {
  const deleted = did('ann', 'delete', 'p', [3, 4], 'deleted')
  const DELETED = `p ann deleted ${PENDING}>deleted 3-4`
  const seen = did('ann', 'show', 'p', [7, 8], 'active')
  const expired = did('clock', 'expire', 'p', [50, 0], 'unknown')
  const planted: Readonly<Record<string, readonly [History, readonly ViolationKind[]]>> = {
    'an acknowledged change is lost': [
      history([asked, accepted, did('ann', 'show', 'p', [7, 8], PENDING)], log(ASKED)),
      ['lost', 'not-linearizable'],
    ],
    'an acknowledged request is lost': [
      history([asked, did('ann', 'show', 'p', [7, 8], 'peering.not-found')], []),
      ['lost', 'not-linearizable', 'out-of-order'],
    ],
    'two have won, and the log has both': [
      history(
        [asked, accepted, did('ben', 'reject', 'p', [3, 5], 'rejected')],
        log(ASKED, `p ben rejected ${PENDING}>rejected 3-5`, ACCEPTED),
      ),
      ['illegal-transition', 'not-linearizable'],
    ],
    'two have won, and the log has one': [
      history([asked, accepted, did('ben', 'reject', 'p', [3, 5], 'rejected')], log(ASKED, ACCEPTED)),
      ['lost', 'not-linearizable'],
    ],
    'a read is stale after the change was acknowledged': [
      history(
        [
          asked,
          accepted,
          did('ann', 'show', 'p', [7, 8], PENDING),
          { ...seen, invokedAtMs: 9, returnedAtMs: 10 },
        ],
        log(ASKED, ACCEPTED),
      ),
      ['not-linearizable', 'out-of-order'],
    ],
    'a read goes back on an earlier read': [
      history(
        [
          asked,
          accepted,
          did('ann', 'show', 'p', [3, 4], 'active'),
          did('ann', 'show', 'p', [4.5, 5], PENDING),
        ],
        log(ASKED, ACCEPTED),
      ),
      ['not-linearizable', 'out-of-order'],
    ],
    'a change is seen before anybody asked for it': [
      history([asked, did('ann', 'show', 'p', [2.5, 2.7], 'active'), accepted], log(ASKED, ACCEPTED)),
      ['not-linearizable', 'out-of-order'],
    ],
    'a refusal was never right': [
      history([asked, did('ben', 'accept', 'p', [3, 4], 'peering.wrong-state')], log(ASKED)),
      ['not-linearizable', 'out-of-order'],
    ],
    'a party is told that its own decision is the other side’s': [
      history([asked, did('ben', 'accept', 'p', [3, 4], 'peering.wrong-side')], log(ASKED)),
      ['not-linearizable', 'out-of-order'],
    ],
    'an event begins in a state that it was not in': [
      history([asked, deleted], log(ASKED, 'p ann deleted active>deleted 3-4')),
      ['illegal-transition'],
    ],
    'the end of an old peering gives away the pair of a new one': [
      history(
        [
          asked,
          did('ben', 'reject', 'p', [3, 4], 'rejected'),
          did('ann', 'create', 'q', [5, 6], PENDING),
          did('ann', 'delete', 'p', [7, 8], 'deleted'),
          did('ann', 'create', 'r', [9, 10], PENDING),
        ],
        log(
          ASKED,
          `p ben rejected ${PENDING}>rejected 3-4`,
          `q ann requested >${PENDING} 5-6`,
          'p ann deleted rejected>deleted 7-8',
          `r ann requested >${PENDING} 9-10`,
        ),
        { p: ENDS, q: ENDS, r: ENDS },
      ),
      ['pair-taken-twice'],
    ],
    'a pair is refused that nobody held': [
      history([asked, deleted, did('ann', 'create', null, [5, 6], 'peering.exists')], log(ASKED, DELETED)),
      ['out-of-order'],
    ],
    'an event number is left out': [
      history(
        [asked, accepted],
        log(ASKED, ACCEPTED).map((event, index) => ({ ...event, sequence: 1 + index * 2 })),
      ),
      ['numbering'],
    ],
    'an event number is there twice': [
      history(
        [asked, accepted],
        log(ASKED, ACCEPTED).map((event) => ({ ...event, sequence: 1 })),
      ),
      ['numbering', 'out-of-order'],
    ],
    'a change is on record twice': [
      history([asked, deleted], log(ASKED, DELETED, 'p ann deleted deleted>deleted 3-4')),
      ['illegal-transition', 'uncaused'],
    ],
    'a deleted peering is resurrected': [
      history(
        [asked, deleted, did('ben', 'accept', 'p', [5, 6], 'active')],
        log(ASKED, DELETED, 'p ben accepted deleted>active 5-6'),
      ),
      ['illegal-transition', 'not-linearizable'],
    ],
    'a deleted peering is shown again': [
      history([asked, deleted, did('ben', 'show', 'p', [5, 6], PENDING)], log(ASKED, DELETED)),
      ['not-linearizable', 'out-of-order'],
    ],
    'an event leads where the table does not': [
      history([asked, accepted], log(ASKED, `p ben accepted ${PENDING}>rejected 3-6`)),
      ['illegal-transition'],
    ],
    'the requester has accepted for the accepter': [
      history(
        [asked, did('ann', 'accept', 'p', [3, 4], 'active')],
        log(ASKED, `p ann accepted ${PENDING}>active 3-4`),
      ),
      ['not-linearizable', 'wrong-actor'],
    ],
    'an event that nobody asked for': [
      history([asked], log(ASKED, `p ben accepted ${PENDING}>active 9-9`)),
      ['uncaused'],
    ],
    'an event of a request that its client was told had failed': [
      history(
        [asked, did('ben', 'accept', 'p', [3, 4], 'peering.not-found')],
        log(ASKED, `p ben accepted ${PENDING}>active 3-4`),
      ),
      ['not-linearizable', 'out-of-order', 'uncaused'],
    ],
    'one unknown change, made twice': [
      history(
        [did('ann', 'create', null, [1, 0], 'unknown')],
        log(
          `p ann requested >${PENDING} x`,
          `p ann deleted ${PENDING}>deleted y`,
          `q ann requested >${PENDING} z`,
        ),
        { p: ENDS, q: ENDS },
      ),
      ['uncaused'],
    ],
    'two peerings hold one pair': [
      history(
        [asked, did('ben', 'create', 'q', [3, 4], PENDING, { asked: BACK })],
        [
          ...log(ASKED),
          ...log(`q ben requested >${PENDING} 3-4`).map((event) => ({
            ...event,
            sequence: 2,
            requester: 'ben',
            accepter: 'ann',
          })),
        ],
        { p: ENDS, q: BACK },
      ),
      ['pair-taken-twice'],
    ],
    'the log has another order than the clients saw': [
      history(
        [asked, did('ann', 'create', 'q', [3, 4], PENDING, { asked: ELSEWHERE })],
        log(`q ann requested >${PENDING} 3-4`, ASKED),
        { p: ENDS, q: ELSEWHERE },
      ),
      ['out-of-order'],
    ],
    'two peerings are read in an order that the log has not': [
      history(
        [
          asked,
          did('ann', 'create', 'q', [3, 9], PENDING, { asked: ELSEWHERE }),
          did('ben', 'accept', 'p', [3, 9], 'active', { requestId: 'accept' }),
          did('ben', 'show', 'q', [4, 5], PENDING),
          did('ben', 'show', 'p', [6, 7], PENDING),
        ],
        log(ASKED, `p ben accepted ${PENDING}>active accept`, `q ann requested >${PENDING} 3-9`),
        { p: ENDS, q: ELSEWHERE },
      ),
      ['out-of-order'],
    ],
    'a request lapses before its time': [
      history(
        [asked, expired, did('ben', 'accept', 'p', [3, 4], 'peering.wrong-state')],
        log(ASKED, `p clock expired ${PENDING}>expired`),
      ),
      ['not-linearizable', 'out-of-order'],
    ],
    'the final state is not the last event’s': [
      history([asked, accepted, did('operator', 'show', 'p', [90, 91], 'rejected')], log(ASKED, ACCEPTED)),
      ['not-linearizable', 'out-of-order'],
    ],
  }
  for (const [name, [wrong, expected]] of Object.entries(planted)) {
    test(name, () => assert.deepEqual(kinds(wrong), expected, JSON.stringify(check(wrong), null, 1)))
  }

  test('is explained by the operations it shows in', () => {
    const late = did('cy', 'show', 'p', [7, 8], PENDING, { by: 'operator' })
    const texts = check(history([asked, accepted, late], log(ASKED, ACCEPTED))).map(({ text }) => text)
    assert.equal(texts.length, 2)
    for (const text of texts) {
      assert.match(text, new RegExp(`#${late.number} client cy: show p as operator \\(7.0 to 8.0 ms\\)`))
      assert.match(text, new RegExp(`#${accepted.number} client ben: accept p`))
    }
  })
})

interface Choice {
  readonly verb: 'create' | 'accept' | 'reject' | 'delete' | 'show'
  readonly by: 'ann' | 'ben' | 'cy' | 'operator'
  readonly which: number
  /** How long before and after its moment the client asked and was answered. */
  readonly before: number
  readonly after: number
  readonly fate: 'answered' | 'unanswered' | 'never made'
}

const choices = fc.array(
  fc.record<Choice>({
    verb: fc.constantFrom('create', 'accept', 'reject', 'delete', 'show'),
    by: fc.constantFrom('ann', 'ben', 'ben', 'cy', 'operator'),
    which: fc.nat(3),
    before: fc.double({ min: 0, max: 5, noNaN: true }),
    after: fc.double({ min: 0, max: 5, noNaN: true }),
    fate: fc.constantFrom('answered', 'answered', 'answered', 'unanswered', 'never made'),
  }),
  { minLength: 1, maxLength: 40 },
)

/** What clients see of a service in which everything happens at one moment, the `n`th thing at time `n`. */
function play(run: readonly Choice[]): History {
  const states = new Map<string, PeeringState>()
  const peerings: Record<string, typeof ENDS> = {}
  const events: HistoryEvent[] = []
  const seen = run.map((choice, moment): Operation => {
    const { verb, by, fate } = choice
    const target = verb === 'create' ? null : (Object.keys(peerings)[choice.which] ?? 'p0')
    const requestId = `request ${moment}`
    const record = (peering: string, type: string, from: PeeringState | null, to: PeeringState): Outcome => {
      states.set(peering, to)
      const actor = {
        kind: by === 'operator' ? by : 'tenant',
        tenant: by === 'operator' ? null : by,
        requestId,
      }
      events.push({
        sequence: events.length + 1,
        type,
        peering,
        from,
        to,
        requester: 'ann',
        accepter: 'ben',
        actor,
      })
      return { kind: 'done', state: to }
    }
    const refused = (code: string): Outcome => ({ kind: 'refused', code })
    let made: string | null = target
    const happen = (): Outcome => {
      if (verb === 'create') {
        if ([...states.values()].some((state) => LIVE_STATES.includes(state)))
          return refused('peering.exists')
        made = `p${states.size}`
        peerings[made] = ENDS
        return record(made, 'peering.requested', null, PENDING)
      }
      const state = states.get(target ?? '') ?? 'deleted'
      if (state === 'deleted' || by === 'cy') return refused('peering.not-found')
      if (verb === 'show') return { kind: 'done', state }
      if (verb !== 'delete' && by === 'ann') return refused('peering.wrong-side')
      const to = TRANSITIONS[state][verb]
      if (to === null) return refused('peering.wrong-state')
      return record(target ?? '', EVENT_TYPES[verb], state, to)
    }
    const outcome = fate === 'never made' ? null : happen()
    const known = fate === 'answered' && outcome !== null
    return did(
      verb === 'create' ? 'ann' : by,
      verb,
      known ? made : target,
      [moment - choice.before, moment + choice.after],
      'unknown',
      {
        ...(known && { outcome, requestId, returnedAtMs: moment + choice.after }),
      },
    )
  })
  return history(
    seen,
    events.map((event) =>
      event.type === 'peering.requested'
        ? { ...event, actor: { ...event.actor, kind: 'tenant', tenant: 'ann' } }
        : event,
    ),
    peerings,
  )
}

suite('any history', () => {
  test('in which everything has its one moment is found right', () => {
    fc.assert(
      fc.property(choices, (run) => assert.deepEqual(check(play(run)), [])),
      { numRuns: 500 },
    )
  })

  test('in which an acknowledged change is taken out of the log is found wrong', () => {
    fc.assert(
      fc.property(choices, fc.nat(), (run, which) => {
        const right = play(run)
        const acknowledged = right.operations.flatMap(({ requestId }) =>
          right.events.filter(({ actor }) => actor.requestId === requestId),
        )
        const victim = acknowledged[which % Math.max(1, acknowledged.length)]
        fc.pre(victim !== undefined)
        const events = right.events
          .filter((event) => event !== victim)
          .map((event, index) => ({ ...event, sequence: index + 1 }))
        assert.ok(check({ ...right, events }).length > 0)
      }),
      { numRuns: 500 },
    )
  })

  test('in which an answer tells of a state that never was is found wrong, by the answers alone', () => {
    fc.assert(
      fc.property(choices, (run) => {
        const right = play(run)
        const victim = right.operations.find(
          ({ verb, outcome }) => verb === 'show' && outcome.kind === 'done',
        )
        fc.pre(victim !== undefined)
        const lie = { ...victim, outcome: { kind: 'done', state: 'expired' } } as const
        const wrong = right.operations.map((operation) => (operation === victim ? lie : operation))
        assert.ok(kinds({ ...right, operations: wrong }).includes('not-linearizable'))
      }),
      { numRuns: 200 },
    )
  })
})

test('the recorder takes a refusal after an attempt without an answer for no answer', () => {
  let nowMs = 0
  const recorder = new Recorder(() => ++nowMs)
  const intent = { client: 'ben', verb: 'accept', by: 'ben', peering: 'p', asked: null } as const
  const first = recorder.begin(intent)
  first.unanswered()
  first.end({ outcome: { kind: 'refused', code: 'peering.wrong-state' }, requestId: 'r' })
  recorder.begin(intent).end({ outcome: { kind: 'refused', code: 'peering.wrong-state' }, requestId: 's' })
  assert.deepEqual(
    recorder.operations.map(({ outcome, invokedAtMs, returnedAtMs, requestId }) => [
      outcome.kind,
      invokedAtMs,
      returnedAtMs,
      requestId,
    ]),
    [
      ['unknown', 1, null, null],
      ['refused', 2, 3, 's'],
    ],
  )
})
