import { setTimeout } from 'node:timers/promises'
import { check } from '../history/checker.ts'
import type { History, HistoryEvent, Operation, Violation } from '../history/history.ts'
import { Recorder, type Shown } from '../history/recorder.ts'
import { ADMIN_TOKEN, native } from '../rig/service.ts'
import { type Arena, openArena } from './arena.ts'
import { Client, shownIn } from './client.ts'
import { Cluster } from './cluster.ts'
import { Random } from './random.ts'

export interface TortureOptions {
  readonly replicas: number
  readonly clients: number
  /** VPC pairs that all clients share; the fewer, the more they meet. */
  readonly pairs: number
  readonly seconds: number
  /** End after so many kills, instead; null: after `seconds`. */
  readonly kills: number | null
  /** A replica is killed about this often, milliseconds. */
  readonly killEveryMs: number
  /** Repeats which operations are chosen, though not how the kernel lets them meet. */
  readonly seed: number
  /** Where the replicas keep what they keep. */
  readonly directory: string
  /** More options of `isthmus serve`, e.g. which database. */
  readonly serveArguments: readonly string[]
  /** Done once, when half the time is over; null: nothing is. */
  readonly failOver: (() => Promise<void>) | null
}

export interface TortureReport {
  readonly seed: number
  readonly replicas: number
  readonly clients: number
  readonly seconds: number
  readonly operations: number
  readonly acknowledgedChanges: number
  readonly refused: number
  readonly unknown: number
  readonly retried: number
  /** Answers of "temporarily unavailable". */
  readonly unavailable: number
  readonly kills: number
  /** The longest time that no change was acknowledged, from the fail-over on; null where there was none, or none after it. */
  readonly secondsWithoutService: number | null
  readonly events: number
  readonly peerings: number
  readonly verdict: 'linearizable' | 'violated'
}

export interface TortureResult {
  readonly report: TortureReport
  readonly violations: readonly Violation[]
  /** That in which the violations were found, else the last one. */
  readonly history: History
}

export interface Progress {
  readonly seconds: number
  readonly operations: number
  readonly kills: number
}

/** Rounds are checked one by one, so that memory does not grow with the time asked for. */
const ROUND_SECONDS = 60
const LIST_LIMIT = 1000
const BY_THE_END = { client: 'the end', by: 'operator' } as const

/**
 * Lets clients race for few peerings while replicas are killed, then reads everything and holds it against what the
 * clients were told. Stops at the first round that shows a violation.
 */
export async function torture(
  options: TortureOptions,
  onProgress: (progress: Progress) => void = () => {},
): Promise<TortureResult> {
  const { directory, serveArguments, replicas, clients, seed } = options
  const cluster = await Cluster.start(replicas, { directory, args: serveArguments })
  try {
    const arena = await openArena(await anyOf(cluster), options.pairs)
    const run = new Run(cluster, arena, options, onProgress)
    for (;;) {
      const history = await run.playRound()
      const violations = check(history)
      if (violations.length === 0 && !run.isOver) continue
      const verdict = violations.length === 0 ? 'linearizable' : 'violated'
      const { seconds, tally } = run
      const { secondsWithoutService } = run
      const counts = { ...tally, kills: cluster.kills, secondsWithoutService }
      const report = { seed, replicas, clients, seconds, ...counts, verdict } as const
      return { report, violations, history }
    }
  } finally {
    await cluster.stop()
  }
}

class Run {
  readonly #cluster: Cluster
  readonly #arena: Arena
  readonly #options: TortureOptions
  readonly #onProgress: (progress: Progress) => void
  readonly #startedAtMs = performance.now()
  readonly tally = {
    operations: 0,
    acknowledgedChanges: 0,
    refused: 0,
    unknown: 0,
    retried: 0,
    unavailable: 0,
    events: 0,
    peerings: 0,
  }
  #rounds = 0
  #lastEvent = 0
  #failedOverAtMs: number | null = null
  secondsWithoutService: number | null = null

  constructor(
    cluster: Cluster,
    arena: Arena,
    options: TortureOptions,
    onProgress: (progress: Progress) => void,
  ) {
    this.#cluster = cluster
    this.#arena = arena
    this.#options = options
    this.#onProgress = onProgress
  }

  get seconds(): number {
    return (performance.now() - this.#startedAtMs) / 1000
  }

  get isOver(): boolean {
    const { kills, seconds } = this.#options
    return kills === null ? this.seconds >= seconds : this.#cluster.kills >= kills
  }

  /** One round from nothing live to nothing moving, and what was seen of it. */
  async playRound(): Promise<History> {
    const eventsBefore = await this.#clear()
    const recorder = new Recorder()
    await this.#race(recorder, new Random(this.#options.seed + this.#rounds++))
    await this.#cluster.killAll()
    const url = await anyOf(this.#cluster)
    const invokedAtMs = recorder.now()
    const shown = await listPeerings(url)
    recorder.saw(invokedAtMs, BY_THE_END, shown)
    const present = new Set(shown.map(({ peering }) => peering))
    const missing = Object.keys(recorder.peerings).filter((id) => !present.has(id))
    recorder.missed(invokedAtMs, BY_THE_END, missing)
    const history = recorder.history(eventsBefore, await listEvents(url, eventsBefore))
    this.#lastEvent = history.events.at(-1)?.sequence ?? eventsBefore
    this.#count(history)
    return history
  }

  /** All clients and the killer, until the round or everything is over, or one of them has failed. */
  async #race(recorder: Recorder, random: Random): Promise<void> {
    const { killEveryMs, seed } = this.#options
    const cluster = this.#cluster
    const endsAtMs = performance.now() + ROUND_SECONDS * 1000
    const failures: unknown[] = []
    const goesOn = () => failures.length === 0 && !this.isOver && performance.now() < endsAtMs
    const clients = Array.from({ length: this.#options.clients }, (_, index) => {
      const name = `${seed}-${this.#rounds}-${index}`
      const own = new Random(Math.floor(random.next() * 2 ** 32))
      return new Client(name, cluster, this.#arena, recorder, own)
    })
    const play = async (client: Client) => {
      while (goesOn()) await client.act()
    }
    const kill = async () => {
      while (goesOn()) {
        await setTimeout(random.between(killEveryMs / 2, killEveryMs * 1.5))
        if (goesOn()) await cluster.kill(Math.floor(random.next() * cluster.size))
      }
    }
    const before = this.tally.operations
    const progress = setInterval(() => {
      const operations = before + recorder.operations.length
      this.#onProgress({ seconds: this.seconds, operations, kills: cluster.kills })
    }, 250)
    // Whatever fails, all of them come to their end first.
    await Promise.all(
      [...clients.map(play), kill(), this.#failOver(goesOn)].map((part) =>
        part.catch((error) => failures.push(error)),
      ),
    )
    clearInterval(progress)
    if (failures.length > 0) throw failures[0]
    for (const { unavailable } of clients) this.tally.unavailable += unavailable
  }

  async #failOver(goesOn: () => boolean): Promise<void> {
    const { failOver, seconds } = this.#options
    if (failOver === null || this.#failedOverAtMs !== null) return
    while (goesOn() && this.seconds < seconds / 2) await setTimeout(20)
    if (!goesOn()) return
    this.#failedOverAtMs = performance.now()
    await failOver()
  }

  /** Deletes what the last round has left. Answers the number of the last event. */
  async #clear(): Promise<number> {
    const url = await anyOf(this.#cluster)
    const left = await listPeerings(url)
    await Promise.all(
      left.map(({ peering }) => native({ url }, ADMIN_TOKEN, 'DELETE', `/peerings/${peering}`)),
    )
    for (const pair of this.#arena.pairs) {
      pair.newest = null
      pair.earlier.length = 0
    }
    return (await listEvents(url, this.#lastEvent)).at(-1)?.sequence ?? this.#lastEvent
  }

  #count({ operations, events, peerings }: History): void {
    const played = operations.filter(({ client }) => client !== BY_THE_END.client)
    const many = (fits: (operation: Operation) => boolean) => played.filter(fits).length
    this.tally.operations += played.length
    this.#countService(played)
    this.tally.acknowledgedChanges += many(({ verb, outcome }) => verb !== 'show' && outcome.kind === 'done')
    this.tally.refused += many(({ outcome }) => outcome.kind === 'refused')
    this.tally.unknown += many(({ outcome }) => outcome.kind === 'unknown')
    this.tally.retried += many(({ unansweredAttempts }) => unansweredAttempts > 0)
    this.tally.events += events.length
    this.tally.peerings += Object.keys(peerings).length
  }

  /** Only a change is told by one server alone; the recorder goes by the same clock. */
  #countService(played: readonly Operation[]): void {
    const failedOverAtMs = this.#failedOverAtMs
    if (failedOverAtMs === null || this.secondsWithoutService !== null) return
    const times = played
      .filter(({ verb, outcome }) => verb !== 'show' && outcome.kind === 'done')
      .flatMap(({ returnedAtMs }) =>
        returnedAtMs !== null && returnedAtMs > failedOverAtMs ? returnedAtMs : [],
      )
      .sort((a, b) => a - b)
    const gaps = times.map((time, index) => time - (times[index - 1] ?? failedOverAtMs))
    this.secondsWithoutService = gaps.length === 0 ? null : Math.max(...gaps) / 1000
  }
}

async function anyOf(cluster: Cluster): Promise<string> {
  const [url] = await cluster.urls()
  if (url === undefined) throw new Error('no replica answers')
  return url
}

/** Everything that is not deleted. */
async function listPeerings(url: string): Promise<Shown[]> {
  const shown: Shown[] = []
  for (let after: string | null = ''; after !== null; ) {
    const path: string = `/peerings?limit=${LIST_LIMIT}${after === '' ? '' : `&after=${after}`}`
    const { body }: { body: { next: string | null } } = await native({ url }, ADMIN_TOKEN, 'GET', path)
    shown.push(...shownIn(body))
    after = body.next
  }
  return shown
}

async function listEvents(url: string, from: number): Promise<HistoryEvent[]> {
  const all: HistoryEvent[] = []
  for (let after = from; ; ) {
    const path = `/events?limit=${LIST_LIMIT}&after=${after}`
    const { body }: { body: { events: HistoryEvent[] } } = await native({ url }, ADMIN_TOKEN, 'GET', path)
    all.push(...body.events)
    after = body.events.at(-1)?.sequence ?? after
    if (body.events.length < LIST_LIMIT) return all
  }
}
