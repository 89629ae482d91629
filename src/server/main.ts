import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { manualClock, systemClock } from '../adapters/clock/system.ts'
import { randomIds } from '../adapters/ids/random.ts'
import { scryptPasswords } from '../adapters/passwords/scrypt.ts'
import { aesGcmSealer, readOrCreateSecret } from '../adapters/secrets/aes-gcm.ts'
import { allocate } from '../app/allocate.ts'
import { applyBootstrap, type Bootstrap, completeProjects } from '../app/bootstrap.ts'
import type { Caller, Context } from '../app/context.ts'
import { type App, createApp } from '../app/index.ts'
import { CLOCK_OFFSET_SETTING } from '../app/move-clock.ts'
import { bearerToken } from '../dialects/native/codec.ts'
import { profile } from '../dialects/native/profile.ts'
import { DomainError } from '../domain/errors.ts'
import { DEFAULT_REGIONS, type Region } from '../domain/region.ts'
import type { AccessKey } from '../domain/tenant.ts'
import type { Leadership } from '../ports/leadership.ts'
import type { Store } from '../ports/store.ts'
import { watchConnections } from './connections.ts'
import { consolePages } from './console.ts'
import { startExpiryLoop } from './expiry-loop.ts'
import { createHttpServer } from './http.ts'
import type { Logger } from './logging.ts'
import { Observability } from './observability.ts'
import { openDataPlane } from './open-data-plane.ts'
import { openStore } from './open-store.ts'
import { type ServeOptions, UsageError } from './options.ts'
import { Reconciler } from './reconciler.ts'
import { type CommitListener, watchCommits } from './watch-commits.ts'
import { startDeliverer } from './webhooks/start.ts'

/** A service that answers requests. */
export interface RunningService {
  /** Where, e.g. `http://127.0.0.1:4750`. */
  readonly url: string
  readonly app: App
  /** Fulfilled once the whole network has been looked at, if that is for this process to do; null: it drives none. */
  readonly reviewed: Promise<void> | null
  /** Takes no more requests, finishes those under way, and lets go of the store. */
  stop(): Promise<void>
}

const REGIONS_SETTING = 'regions'

/** Wires the service and starts it: with `openStore`, the only place that picks adapters. Throws UsageError for what was asked wrongly. */
export async function startService(options: ServeOptions, logger: Logger): Promise<RunningService> {
  const observability = await Observability.open(options, logger)
  try {
    return await startObserved(options, logger, observability)
  } catch (error) {
    await observability.close()
    throw error
  }
}

async function startObserved(
  options: ServeOptions,
  logger: Logger,
  observability: Observability,
): Promise<RunningService> {
  const bootstrap = options.bootstrap === null ? null : await readBootstrap(options.bootstrap)
  mkdirSync(options.data, { recursive: true, mode: 0o700 })
  const secret = (name: string) =>
    readOrCreateSecret(options.data, name, () => randomBytes(32).toString('hex'))
  const sealer = aesGcmSealer(Buffer.from(secret('master.key'), 'hex'))
  const opened = await openStore(options, sealer, logger, observability.metrics.telemetry)
  const store = observability.store(opened.store)
  const leadership = observability.leadership(opened.leadership)
  try {
    const listeners: CommitListener[] = []
    const context: Context = {
      store: watchCommits(store, listeners),
      clock: options.clock === 'manual' ? manualClock(await savedOffset(store)) : systemClock,
      ids: randomIds,
      passwords: scryptPasswords,
      sealer,
      dataPlane: observability.dataPlane(
        await openDataPlane(options, { allocate: (name) => allocate(context, name) }),
      ),
      regions: await knownRegions(store, bootstrap),
      acceptanceTimeoutMs: options['acceptance-timeout'],
      receiverNetworks: options['webhook-networks'] ?? [],
      inFlight: new Map(),
    }
    const app = observability.app(createApp(context))
    // Replicas that start together would each make what none of them has found.
    await leadership.alone('bootstrap', () => prepare(app, bootstrap, logger))
    const reconciler =
      options.dataplane === 'none' ? null : new Reconciler(context, leadership, logger, observability.runPass)
    if (reconciler) {
      observability.reconciler(reconciler)
      listeners.push((change) => reconciler.committed(change))
    }
    const adminToken = options['admin-token'] ?? secret('admin-token')
    return await listen(
      app,
      { leadership, reconciler, listeners, observability },
      options,
      adminToken,
      logger,
    )
  } catch (error) {
    await store.close()
    throw error
  }
}

async function readBootstrap(path: string): Promise<Bootstrap> {
  // What checks it is loaded with it, and needed for nothing else before the native API is.
  const { readBootstrapFile } = await import('./bootstrap-file.ts')
  return readBootstrapFile(path)
}

async function savedOffset(store: Store): Promise<number> {
  return Number((await store.readSetting(CLOCK_OFFSET_SETTING)) ?? 0)
}

/** Those of the bootstrap file, else those it had last, else some to begin with. */
async function knownRegions(store: Store, bootstrap: Bootstrap | null): Promise<readonly Region[]> {
  if (bootstrap?.regions) {
    await store.commit({
      settings: { [REGIONS_SETTING]: JSON.stringify(bootstrap.regions) },
      nowMs: Date.now(),
    })
    return bootstrap.regions
  }
  const saved = await store.readSetting(REGIONS_SETTING)
  return saved === null ? DEFAULT_REGIONS : (JSON.parse(saved) as Region[])
}

const OPERATOR: Caller = {
  tenant: null,
  operator: true,
  region: null,
  dialect: 'native',
  profile,
  requestId: 'start',
  remoteAddress: '',
  dryRun: false,
  once: null,
}

/** What an empty store gets where nothing else was asked for: somebody on each side of a peering. */
const DEMONSTRATION: Bootstrap = {
  tenants: [{ name: 'alice' }, { name: 'bob' }],
  vpcs: [
    { tenant: 'alice', name: 'alice-vpc', region: 'region-a', cidrs: ['10.1.0.0/16'] },
    { tenant: 'bob', name: 'bob-vpc', region: 'region-a', cidrs: ['10.2.0.0/16'] },
  ],
}

async function prepare(app: App, bootstrap: Bootstrap | null, logger: Logger): Promise<void> {
  const empty = (await app.context.store.listTenants()).length === 0
  const wanted = bootstrap ?? (empty ? DEMONSTRATION : {})
  try {
    const keys = await applyBootstrap(app.context, OPERATOR, wanted)
    await completeProjects(app.context)
    for (const key of keys) await announce(app, key, logger)
  } catch (error) {
    if (isUnavailable(error)) throw new Error(error.details.reason)
    if (error instanceof DomainError)
      throw new UsageError(`--bootstrap: ${error.code} ${JSON.stringify(error.details)}`)
    throw error
  }
}

/** A key that was made up here is shown once: nobody could know it otherwise. */
async function announce(app: App, { id, secret, tenant }: AccessKey, logger: Logger): Promise<void> {
  const owner = await app.context.store.findTenant({ id: tenant })
  const token = bearerToken(id, secret)
  logger.info(
    { tenant: owner?.name, accessKeyId: id, secretAccessKey: secret, token },
    'made a tenant; its key is shown once',
  )
}

/** What goes on behind the requests. */
interface Background {
  readonly leadership: Leadership
  readonly reconciler: Reconciler | null
  readonly listeners: CommitListener[]
  readonly observability: Observability
}

async function listen(
  app: App,
  { leadership, reconciler, listeners, observability }: Background,
  options: ServeOptions,
  adminToken: string,
  logger: Logger,
): Promise<RunningService> {
  const { onServed, tracing } = observability
  const native = once(async () => {
    const { openNativeApi } = await import('./native-api.ts')
    return openNativeApi(server.server, {
      app,
      adminToken,
      onServed: ({ raw, id }, outcome, durationMs) => onServed(raw, 'native', outcome, id, durationMs),
    })
  })
  const server: FastifyInstance = createHttpServer({ app, onServed, native, tracing })
  server.get('/healthz', async () => ({ healthy: true }))
  server.get('/readyz', async (_request, reply) => {
    const { store, dataPlane } = app.context
    const [inStore, inNetwork] = await Promise.all(
      [store, dataPlane].map((part) => part.ping().then(() => null, reasonOf)),
    )
    const ready = inStore === null && inNetwork === null
    return reply.code(ready ? 200 : 503).send({
      ready,
      ...(inStore !== null && { store: inStore }),
      ...(inNetwork !== null && { dataPlane: inNetwork }),
    })
  })
  observability.serve(server, app)
  await server.register(consolePages)
  const { host, port } = options.listen
  await server.listen({ host, port }).catch((error: Error) => {
    throw new UsageError(`--listen ${host}:${port}: ${error.message}`)
  })
  const closeQuiet = watchConnections(server.server)
  const stopExpiry = startExpiryLoop(app.context, leadership, logger)
  const { telemetry } = observability.metrics
  const deliverer = startDeliverer(app.context, leadership, logger, options, listeners, telemetry)
  return {
    url: urlOf(server.server.address() as AddressInfo),
    app,
    reviewed: reconciler?.reviewed ?? null,
    async stop() {
      const done = closeQuiet()
      await server.close()
      done()
      await Promise.all([stopExpiry(), deliverer.stop()])
      await reconciler?.stop()
      await observability.close()
      await app.context.dataPlane.close()
      await app.context.store.close()
    },
  }
}

/** `work`, done at the first call; all others get what came of it, or do it again where it failed. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | null = null
  return () => {
    done ??= work().catch((error: unknown) => {
      done = null
      throw error
    })
    return done
  }
}

function reasonOf(error: unknown): string {
  if (isUnavailable(error)) return error.details.reason
  return error instanceof Error ? error.message : String(error)
}

function isUnavailable(error: unknown): error is DomainError<'service.unavailable'> {
  return error instanceof DomainError && error.code === 'service.unavailable'
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
