import type { DataPlane } from '../../ports/data-plane.ts'

/** No network at all: the records are all there is, and whatever is wanted is taken for done. */
export const noDataPlane: DataPlane = {
  name: 'none',
  realizeNetwork: async () => {},
  realizeLink: async () => {},
  attachmentOf: async () => null,
  prove: async () => ({ kind: 'not-provable', reason: 'this service drives no network (--dataplane none)' }),
  observe: async () => ({ networks: [], links: [] }),
  watch: () => {},
  ping: async () => {},
  close: async () => {},
}
