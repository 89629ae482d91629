import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** What happens to what is on its way: it is passed on, or the connection is cut, or it is passed on and then cut. */
export type Fate = 'pass' | 'cut' | 'pass-and-cut'

/** A way to a server of this machine that a test can make unreliable. */
export interface UnreliableProxy {
  readonly port: number
  /** Decides about what a client sends, and about what the server answers. */
  onRequest: (bytes: Buffer) => Fate
  onAnswer: (bytes: Buffer) => Fate
  /** Whether everything is swallowed, in both directions, as where a network drops packets. */
  silent: boolean
  close(): Promise<void>
}

export async function startProxy(target: number): Promise<UnreliableProxy> {
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1')
    const end = () => {
      client.destroy()
      upstream.destroy()
    }
    const carry = (from: Socket, to: Socket, fateOf: (bytes: Buffer) => Fate) => {
      sockets.add(from)
      from.setNoDelay(true)
      from.on('data', (bytes: Buffer) => {
        if (proxy.silent) return
        const fate = fateOf(bytes)
        if (fate === 'pass') to.write(bytes)
        else if (fate === 'cut') end()
        else to.write(bytes, () => to.end(() => from.destroy()))
      })
      from.on('error', end)
      from.on('close', () => {
        sockets.delete(from)
        end()
      })
    }
    carry(client, upstream, (bytes) => proxy.onRequest(bytes))
    carry(upstream, client, (bytes) => proxy.onAnswer(bytes))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy: UnreliableProxy = {
    port: (server.address() as { port: number }).port,
    onRequest: () => 'pass',
    onAnswer: () => 'pass',
    silent: false,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
  return proxy
}
