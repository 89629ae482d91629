import { createServer, type Server } from 'node:http'
import { type NativeOptions, native } from '../dialects/native/index.ts'
import { createOwnServer, type Handler } from './own-server.ts'

/**
 * The native API, which answers what reaches `server`. It is loaded when the first request for it comes: its schemas and
 * their validator are a third of all that the service would hold, and who speaks a vendor's dialect never needs them.
 */
export async function openNativeApi(server: Server, options: NativeOptions): Promise<Handler> {
  const api = createOwnServer((handler) => createServer(handler))
  api.decorate('stopping', () => !server.listening)
  await api.register(native, { prefix: '/isthmus/v1', ...options })
  await api.ready()
  return api.routing
}
