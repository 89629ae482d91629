import { noDataPlane } from '../adapters/data-plane/none.ts'
import type { DataPlane } from '../ports/data-plane.ts'
import type { ServeOptions } from './options.ts'

/** What a driver needs of the service. */
export interface DataPlaneDependencies {
  /** The number of a name: the same for ever, and no other name's. */
  readonly allocate: (name: string) => Promise<number>
}

/** The data plane that was asked for. Throws UsageError where it cannot start, saying what is missing. */
export async function openDataPlane(
  options: Pick<ServeOptions, 'dataplane' | 'ovn-nb'>,
  _dependencies: DataPlaneDependencies,
): Promise<DataPlane> {
  switch (options.dataplane) {
    case 'none':
      return noDataPlane
  }
}
