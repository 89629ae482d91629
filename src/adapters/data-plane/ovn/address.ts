import { accessSync, constants } from 'node:fs'
import { DataPlaneUnavailableError } from '../../../ports/data-plane.ts'

/** The southbound database that belongs to a northbound one: the socket beside it, or the next port of the same host. */
export function southboundOf(northbound: string): string {
  return northbound
    .split(',')
    .map((address) => {
      const text = address.trim()
      if (text.startsWith('unix:')) return text.replace(/nb(?=[^/]*$)/, 'sb')
      return text.replace(/:(\d+)$/, (_, port) => `:${Number(port) + 1}`)
    })
    .join(',')
}

/** Rejects sockets that are not there, or not for us, and says what is missing. */
export function requireSockets(addresses: string): void {
  const paths = addresses
    .split(',')
    .flatMap((address) => (address.trim().startsWith('unix:') ? [address.trim().slice('unix:'.length)] : []))
  for (const path of paths) {
    try {
      accessSync(path, constants.R_OK | constants.W_OK)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      throw new DataPlaneUnavailableError(
        code === 'EACCES'
          ? `there is no right to use the socket ${path}: run as root, or give this user access to it`
          : `there is no socket ${path}: is OVN running here (the Debian package ovn-central)?`,
      )
    }
  }
}
