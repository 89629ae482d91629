import type { Leadership } from '../../../ports/leadership.ts'

/** The embedded store has one process, so that one leads. */
export const soleProcess: Leadership = {
  stand: () => ({ leads: true, withdraw: async () => {} }),
  alone: (_name, work) => work(),
}
