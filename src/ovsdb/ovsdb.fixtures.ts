import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { map, optional, scalar, set } from './index.ts'

/** A database with a column of each kind, a unique index, and rows that are no roots. */
export const SCHEMA = {
  name: 'Things',
  version: '1.0.0',
  tables: {
    Thing: {
      isRoot: true,
      indexes: [['name']],
      columns: {
        name: { type: 'string' },
        amount: { type: 'integer' },
        ratio: { type: 'real' },
        flag: { type: 'boolean' },
        note: { type: { key: 'string', min: 0, max: 1 } },
        tags: { type: { key: 'string', min: 0, max: 'unlimited' } },
        parts: {
          type: { key: { type: 'uuid', refTable: 'Part', refType: 'strong' }, min: 0, max: 'unlimited' },
        },
        settings: { type: { key: 'string', value: 'string', min: 0, max: 'unlimited' } },
        counts: { type: { key: 'string', value: 'integer', min: 0, max: 'unlimited' } },
      },
    },
    Part: { columns: { name: { type: 'string' } } },
    Entry: { isRoot: true, columns: { key: { type: 'string' }, writer: { type: 'integer' } } },
  },
} as const

export const TABLES = {
  Thing: {
    name: scalar('string'),
    amount: scalar('integer'),
    ratio: scalar('real'),
    flag: scalar('boolean'),
    note: optional('string'),
    tags: set('string'),
    parts: set('uuid'),
    settings: map('string', 'string'),
    counts: map('string', 'integer'),
  },
  Part: { name: scalar('string') },
  Entry: { key: scalar('string'), writer: scalar('integer') },
} as const

/** What is in one of them, and not in the other. */
export function onlyInOne<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): Set<T> {
  return new Set([...[...a].filter((each) => !b.has(each)), ...[...b].filter((each) => !a.has(each))])
}

/** Waits until `condition` holds; fails after `timeoutMs`. */
export async function until(condition: () => boolean, what: string, timeoutMs = 15_000): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs
  while (!condition()) {
    if (performance.now() > deadlineMs) throw new Error(`waited in vain until ${what}`)
    await sleep(2)
  }
}

/** Something that listens on a port of 127.0.0.1, and what it does with each connection. */
export interface Listener {
  readonly port: number
  readonly address: string
  readonly sockets: ReadonlySet<Socket>
  close(): Promise<void>
}

export async function listen(serve: (socket: Socket) => void): Promise<Listener> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    serve(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  return {
    port,
    address: `tcp:127.0.0.1:${port}`,
    sockets,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** What becomes of some bytes on their way: what is passed on, and whether the connection is cut then. */
export interface Passage {
  readonly bytes: Buffer
  readonly cut: boolean
}

/** Stands between a client and the server at `port`, and may do as it likes with what passes. */
export interface Meddler extends Listener {
  onRequest: (bytes: Buffer) => Passage
  onAnswer: (bytes: Buffer) => Passage
}

const unharmed = (bytes: Buffer): Passage => ({ bytes, cut: false })

export async function startMeddler(port: number): Promise<Meddler> {
  const listener = await listen((client) => {
    const upstream = connect(port, '127.0.0.1')
    const carry = (from: Socket, to: Socket, passageOf: (bytes: Buffer) => Passage) => {
      from.setNoDelay(true)
      from.on('data', (bytes: Buffer) => {
        const passage = passageOf(bytes)
        if (!passage.cut) to.write(passage.bytes)
        else to.end(passage.bytes, () => from.destroy())
      })
      from.on('error', () => {})
      from.on('close', () => to.destroySoon())
    }
    carry(client, upstream, (bytes) => meddler.onRequest(bytes))
    carry(upstream, client, (bytes) => meddler.onAnswer(bytes))
  })
  const meddler: Meddler = { ...listener, onRequest: unharmed, onAnswer: unharmed }
  return meddler
}
