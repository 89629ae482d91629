import { noDataPlane } from '../adapters/data-plane/none.ts'
import { type DataPlane, DataPlaneUnavailableError } from '../ports/data-plane.ts'
import { type ServeOptions, UsageError } from './options.ts'

/** What a driver needs of the service. */
export interface DataPlaneDependencies {
  /** The number of a name: the same for ever, and no other name's. */
  readonly allocate: (name: string) => Promise<number>
}

type Options = Pick<ServeOptions, 'dataplane' | 'ovn-nb'>

/** Each is loaded only where it is asked for. */
const DRIVERS: Record<
  ServeOptions['dataplane'],
  (options: Options, dependencies: DataPlaneDependencies) => Promise<DataPlane>
> = {
  none: async () => noDataPlane,
  netns: async (_, { allocate }) => {
    const { openNetnsDataPlane } = await import('../adapters/data-plane/netns/driver.ts')
    return openNetnsDataPlane({ allocate })
  },
  ovn: async (options, { allocate }) => {
    const { openOvnDataPlane } = await import('../adapters/data-plane/ovn/driver.ts')
    return openOvnDataPlane({ northbound: options['ovn-nb'], allocate })
  },
}

/** The data plane that was asked for. Throws UsageError where it cannot start, saying what is missing. */
export async function openDataPlane(
  options: Options,
  dependencies: DataPlaneDependencies,
): Promise<DataPlane> {
  try {
    return await DRIVERS[options.dataplane](options, dependencies)
  } catch (error) {
    if (error instanceof DataPlaneUnavailableError || error instanceof TypeError) {
      throw new UsageError(`--dataplane ${options.dataplane}: ${error.message}`)
    }
    throw error
  }
}
