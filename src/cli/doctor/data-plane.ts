import { openDataPlane } from '../../server/open-data-plane.ts'
import { type ServeOptions, UsageError } from '../../server/options.ts'
import { type Finding, findingsOf } from './finding.ts'

const say = findingsOf('data plane')

const WHAT_TO_DO: Readonly<Record<ServeOptions['dataplane'], string>> = {
  none: '',
  netns:
    'install iproute2, nftables and iputils-ping, and run the service as root or with CAP_NET_ADMIN and CAP_SYS_ADMIN',
  ovn: 'see that ovn-central runs, and that --ovn-nb names where its northbound database listens',
}

/** Whether what carries packets could be driven from here: programs and rights, or databases that answer. */
export async function lookAtDataPlane(
  options: Pick<ServeOptions, 'dataplane' | 'ovn-nb'>,
): Promise<readonly Finding[]> {
  const { dataplane } = options
  if (dataplane === 'none')
    return [say.skipped('none is asked for here; with --dataplane netns or ovn it would be looked at')]
  try {
    // Nothing is laid here, so that nothing needs a number.
    const allocate = () => Promise.reject(new Error('nothing is allocated'))
    const opened = await openDataPlane(options, { allocate })
    await opened.close()
    return [say.good(describe(options))]
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return [say.bad(error.message, WHAT_TO_DO[dataplane])]
  }
}

function describe({ dataplane, 'ovn-nb': northbound }: Pick<ServeOptions, 'dataplane' | 'ovn-nb'>): string {
  return dataplane === 'ovn'
    ? `both databases of OVN answer (${northbound})`
    : 'ip, nft and ping are here, with the rights to use them'
}
