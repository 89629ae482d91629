import { describeServeOptions, parseServeOptions } from '../../server/options.ts'
import { command } from '../command.ts'

/** Longer than this and what is still under way is given up. */
const STOP_TIMEOUT_MS = 4_500

/** `isthmus serve`: runs until it is asked to stop. */
export const serve = command({
  about: 'run the service, until it gets SIGTERM or SIGINT',
  options: describeServeOptions(),
  details: `Every option is also a variable, e.g. ISTHMUS_LISTEN; the option wins.
Standard output gets one line once requests are served: isthmus ready http://HOST:PORT
Logs go to standard error. Replicas on one database have copies of one master.key in their data directories.`,
  examples: [
    'isthmus serve',
    'isthmus serve --listen 127.0.0.1:0 --data /var/lib/isthmus --bootstrap tenants.json',
    'isthmus serve --database-url postgres://isthmus@db1,db2/isthmus   # with PGPASSWORD',
  ],
  async run({ args }) {
    const options = parseServeOptions(args, process.env)
    const [{ createLogger }, { startService }, { releaseMemory }] = await Promise.all([
      import('../../server/logging.ts'),
      import('../../server/main.ts'),
      import('../../runtime/release-memory.ts'),
    ])
    const logger = createLogger()
    const service = await startService(options, logger)
    // A network that is looked at for the first time takes more than all the rest, which is given back with it.
    if (service.reviewed) void service.reviewed.then(releaseMemory)
    else releaseMemory()
    const stopped = untilAsked()
    process.stdout.write(`isthmus ready ${service.url}\n`)
    const signal = await stopped
    logger.info({ signal }, 'stopping')
    setTimeout(() => process.exit(0), STOP_TIMEOUT_MS).unref()
    await service.stop()
    return 0
  },
})

function untilAsked(): Promise<string> {
  return new Promise((resolve) => {
    // A terminal signals the whole group, and the launcher passes its own on: the second must not end it half way.
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => resolve(signal))
  })
}
