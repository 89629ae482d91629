import { once } from 'node:events'
import { createServer } from 'node:net'

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** The first of two ports of 127.0.0.1, one after the other, that nobody listens on. */
export async function freePortPair(): Promise<number> {
  for (;;) {
    const first = await freePort()
    const next = createServer()
    const isFree = new Promise<boolean>((resolve) => {
      next.once('listening', () => resolve(true)).once('error', () => resolve(false))
    })
    next.listen(first + 1, '127.0.0.1')
    if (await isFree) {
      next.close()
      await once(next, 'close')
      return first
    }
  }
}
