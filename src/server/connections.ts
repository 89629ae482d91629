import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

const INTERVAL_MS = 20

/**
 * Watches the connections of `server`. What is answered closes, from the time it is called, every connection that no
 * request is under way on, those that never carried one included, until what it answers is called in turn: a client
 * that keeps a connection for later must not keep the service from stopping.
 */
export function watchConnections(server: Server): () => () => void {
  const connections = new Set<Socket>()
  const busy = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    busy.add(socket)
    response.once('close', () => busy.delete(socket))
  })
  return () => {
    const timer = setInterval(() => {
      for (const socket of connections) if (!busy.has(socket)) socket.destroy()
    }, INTERVAL_MS)
    return () => clearInterval(timer)
  }
}
