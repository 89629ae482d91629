import type { ComponentType } from 'react'
import type { Messages } from './i18n/index.ts'

export interface PageEntry {
  /** Also what the menu calls it; see `nav` in the messages. */
  readonly name: Exclude<keyof Messages['nav'], 'label' | 'keys'>
  /** Below `/console`. */
  readonly path: string
  /** Fetched when somebody goes there. Its default export is the page. */
  readonly load: () => Promise<{ default: ComponentType }>
  /** After `g`, goes there; null: it is not in the menu. */
  readonly key: string | null
}

/** Every page, in the order of the menu. */
export const PAGES: readonly PageEntry[] = [
  { name: 'inbox', path: '/', load: () => import('./pages/inbox/inbox.tsx'), key: 'i' },
  { name: 'peerings', path: '/peerings', load: () => import('./pages/peerings/peerings.tsx'), key: 'p' },
  { name: 'peering', path: '/peerings/$id', load: () => import('./pages/peerings/peering.tsx'), key: null },
  { name: 'topology', path: '/topology', load: () => import('./pages/topology/topology.tsx'), key: 't' },
  { name: 'networks', path: '/networks', load: () => import('./pages/networks/networks.tsx'), key: 'n' },
  { name: 'network', path: '/networks/$id', load: () => import('./pages/networks/network.tsx'), key: null },
  { name: 'explain', path: '/explain', load: () => import('./pages/explain/explain.tsx'), key: 'x' },
  { name: 'events', path: '/events', load: () => import('./pages/events/events.tsx'), key: 'e' },
  { name: 'tenants', path: '/tenants', load: () => import('./pages/tenants/tenants.tsx'), key: 'k' },
]
