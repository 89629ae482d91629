import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { noDataPlane } from '../adapters/data-plane/none.ts'
import { randomIds } from '../adapters/ids/random.ts'
import { aesGcmSealer } from '../adapters/secrets/aes-gcm.ts'
import { openSqliteStore } from '../adapters/store/sqlite/store.ts'
import {
  NOW,
  OPEN_PROFILE,
  peeringQuery,
  REGION_A,
  vpcQuery,
  WEEK,
} from '../adapters/store/store.fixtures.ts'
import type { LoggedEvent } from '../domain/event.ts'
import type { Peering } from '../domain/peering.ts'
import type { Profile } from '../domain/profile.ts'
import { DEFAULT_REGIONS } from '../domain/region.ts'
import type { Tenant } from '../domain/tenant.ts'
import type { Vpc } from '../domain/vpc.ts'
import type { Passwords } from '../ports/passwords.ts'
import type { Sealer } from '../ports/sealer.ts'
import type { Store } from '../ports/store.ts'
import type { Caller, Context } from './context.ts'
import type { CreatePeering } from './create-peering.ts'
import type { CreateVpc } from './create-vpc.ts'
import { type App, createApp } from './index.ts'

/** A clock that stands still until it is set. Lifecycle and real time are set apart, to show which is meant. */
export interface TestClock {
  nowMs: number
  realMs: number
  now(): number
  realNow(): number
}

/** Passwords that cost nothing; how the real ones are kept is the adapter's to show. */
const plainPasswords: Passwords = {
  hash: async (password) => `hash of ${password}`,
  matches: async (password, hash) => hash === `hash of ${password}`,
}

/** The use cases over a store of their own, with three tenants and whatever a test makes. */
export interface World {
  readonly app: App
  readonly context: Context
  readonly store: Store
  readonly clock: TestClock
  readonly alice: Tenant
  readonly bob: Tenant
  /** Has to do with nothing. */
  readonly carol: Tenant
  readonly operator: Caller
  as(tenant: Tenant, overrides?: Partial<Caller>): Caller
  vpc(tenant: Tenant, overrides?: Partial<CreateVpc>): Promise<Vpc>
  /** A request from one VPC to the other, by the one's owner. */
  ask(requester: Vpc, accepter: Vpc, overrides?: Partial<CreatePeering>): Promise<Peering>
  /** Whatever is kept, peerings that are deleted left out. */
  everything(): Promise<unknown>
  events(): Promise<readonly LoggedEvent[]>
  /** The state of a peering as it is stored, which need not be how it stands. */
  stored(id: string): Promise<Peering['state'] | undefined>
  /** Closes the store and opens it again. */
  reopen(): Promise<void>
  close(): Promise<void>
}

/** `elsewhere` opens the store, where that is not to be the embedded one. */
export async function openWorld(
  settings: Partial<Context> = {},
  elsewhere?: (sealer: Sealer) => Promise<Store>,
): Promise<World> {
  const directory = mkdtempSync(join(tmpdir(), 'isthmus-'))
  const sealer = aesGcmSealer(Buffer.alloc(32, 7))
  const openStore = () =>
    elsewhere ? elsewhere(sealer) : openSqliteStore({ directory, sealer, onFailure: () => {} })
  const clock: TestClock = { nowMs: NOW, realMs: NOW, now: () => clock.nowMs, realNow: () => clock.realMs }
  const appOver = (store: Store) =>
    createApp({
      store,
      clock,
      ids: randomIds,
      passwords: plainPasswords,
      sealer,
      dataPlane: noDataPlane,
      regions: DEFAULT_REGIONS,
      acceptanceTimeoutMs: WEEK,
      receiverNetworks: [],
      inFlight: new Map(),
      ...settings,
    })
  let app = appOver(await openStore())
  const operator: Caller = {
    tenant: null,
    operator: true,
    region: null,
    dialect: 'native',
    profile: OPEN_PROFILE,
    requestId: 'request',
    remoteAddress: '192.0.2.1',
    dryRun: false,
    once: null,
  }
  const as = (tenant: Tenant, overrides: Partial<Caller> = {}): Caller => ({
    ...operator,
    operator: false,
    tenant,
    ...overrides,
  })
  const make = async (name: string) => (await app.createTenant(operator, { name })).tenant
  const [alice, bob, carol] = [await make('alice'), await make('bob'), await make('carol')]
  const owners = new Map([alice, bob, carol].map((tenant) => [tenant.id, tenant]))
  let vpcsMade = 0

  return {
    get app() {
      return app
    },
    get context() {
      return app.context
    },
    get store() {
      return app.context.store
    },
    clock,
    alice,
    bob,
    carol,
    operator,
    as,
    vpc: (tenant, overrides = {}) => {
      // Blocks that overlap none of the others', as far as the test does not say otherwise.
      vpcsMade++
      const cidrs = [`10.${vpcsMade}.0.0/16`]
      const input = {
        tenant,
        region: REGION_A,
        name: `vpc-${vpcsMade}`,
        description: '',
        cidrs,
        tags: [],
        ...overrides,
      }
      return app.createVpc(as(tenant), input)
    },
    ask: async (requester, accepter, overrides = {}) => {
      const owner = owners.get(requester.tenant)
      if (!owner) throw new Error('the VPC is nobody’s')
      return (await app.createPeering(as(owner), request(requester, accepter, overrides))).peering
    },
    everything: async () => {
      const { store } = app.context
      const tenants = await store.listTenants()
      return {
        tenants,
        keys: await Promise.all(tenants.map(({ id }) => store.listAccessKeys(id))),
        vpcs: await store.listVpcs(vpcQuery({ withTotal: true })),
        peerings: await store.listPeerings(peeringQuery({ withTotal: true })),
        events: await store.listEvents(0, 100_000, null),
        deadline: await store.nextDeadline(),
        clock: [clock.nowMs, await store.readSetting('clock-offset-ms')],
      }
    },
    events: () => app.context.store.listEvents(0, 100_000, null),
    stored: async (id) => (await app.context.store.findPeering(id))?.peering.state,
    reopen: async () => {
      await app.context.store.close()
      app = appOver(await openStore())
    },
    close: async () => {
      await app.context.store.close()
      rmSync(directory, { recursive: true })
    },
  }
}

/** What is said to ask for a peering of the two, and no more. */
export function request(
  requester: Vpc,
  accepter: Vpc,
  overrides: Partial<CreatePeering> = {},
): CreatePeering {
  return {
    requesterVpc: requester.id,
    accepterVpc: accepter.id,
    accepter: null,
    accepterRegion: null,
    name: 'ours to theirs',
    description: '',
    attributes: {},
    ...overrides,
  }
}

/** A profile that forbids what is named. */
export const profileWith = (overrides: Partial<Profile>): Profile => ({ ...OPEN_PROFILE, ...overrides })

/** A profile with these limits and no others. */
export const limitedTo = (quotas: Partial<Profile['quotas']>): Profile =>
  profileWith({ quotas: { ...OPEN_PROFILE.quotas, ...quotas } })

/** What came of each of many attempts made at once: the code of its failure, or "ok". */
export async function verdicts(attempts: readonly Promise<unknown>[]): Promise<readonly string[]> {
  const outcomes = await Promise.allSettled(attempts)
  return outcomes.map((outcome) =>
    outcome.status === 'fulfilled' ? 'ok' : String(outcome.reason?.code ?? outcome.reason),
  )
}
