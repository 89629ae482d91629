import type { Port } from './api.ts'
import { details } from './table.ts'

/** A port, and how a workload is plugged into it. */
export function portDetails(port: Port): string {
  const { id, subnet, addresses, prefixLength, mac, gateway } = port
  return details([
    ['id', id],
    ['subnet', subnet],
    ['addresses', addresses.join(' ')],
    ['prefix length', String(prefixLength)],
    ['mac', mac],
    ['gateway', gateway],
    ['plug', attachment(port)],
  ])
}

export function attachment({ attach }: Port): string {
  if (attach === null) return 'nothing: the service drives no network'
  if ('netns' in attach) return `interface ${attach.netns.interface} in namespace ${attach.netns.namespace}`
  return `external_ids:iface-id=${attach.ovn.ifaceId}`
}
