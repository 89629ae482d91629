import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** Where `npm run build:console` leaves the console, beside the sources and in the package alike. */
const BUILT = join(import.meta.dirname, '..', '..', 'dist', 'console')

/** What a browser may do with the console: run what comes from here, talk to here, and nothing else. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
}

/** What a client may take instead of the plain file, the smallest first. */
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const

/** Below this the name of a file holds a digest of it, so that it never changes. */
const HASHED = 'assets/'

/**
 * The console below `/console/`, as a Fastify plugin. Only the files that the build made can be asked for; they are
 * looked for anew each time, and none is kept in memory. Any other path is a page of the console's own, which the
 * browser finds. Where nothing was built, the answer says how to.
 */
export async function consolePages(server: FastifyInstance, { built = BUILT } = {}): Promise<void> {
  server.get('/console', (request, reply) => {
    const mark = request.url.indexOf('?')
    return reply.redirect(`/console/${mark < 0 ? '' : request.url.slice(mark)}`, 308)
  })
  server.get('/console/*', async (request, reply) => answer(request, reply, built, await filesBelow(built)))
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  built: string,
  files: ReadonlySet<string>,
): Promise<FastifyReply> {
  const asked = (request.params as { '*': string })['*']
  const name = files.has(asked) ? asked : 'index.html'
  reply.headers(HEADERS)
  if (!files.has(name)) return notBuilt(reply)
  if (name !== asked && asked.startsWith(HASHED))
    return reply.code(404).type('text/plain; charset=utf-8').send('Not found.\n')
  const type = TYPES[extname(name)] ?? 'application/octet-stream'
  const encoding = ENCODINGS.find(([token, suffix]) => files.has(name + suffix) && takes(request, token))
  reply.headers({
    'content-type': type,
    'cache-control': name.startsWith(HASHED) ? 'public, max-age=31536000, immutable' : 'no-cache',
    vary: 'accept-encoding',
    ...(encoding && { 'content-encoding': encoding[0] }),
  })
  return reply.send(await readFile(join(built, name + (encoding?.[1] ?? ''))))
}

function notBuilt(reply: FastifyReply): FastifyReply {
  return reply
    .code(404)
    .type('text/plain; charset=utf-8')
    .send('The console is not built here: npm run build:console\n')
}

/** Whether the client takes that encoding. One that names it with a quality of nought does not. */
function takes(request: FastifyRequest, encoding: string): boolean {
  const offers = String(request.headers['accept-encoding'] ?? '').split(',')
  return offers.some((offer) => {
    const [token = '', ...parameters] = offer.split(';').map((part) => part.trim().toLowerCase())
    return token === encoding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
  })
}

/** By path from `directory`, with forward slashes; none where it is not there. */
async function filesBelow(directory: string): Promise<ReadonlySet<string>> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true }).catch(() => [])
  const files = entries.filter((entry) => entry.isFile())
  return new Set(
    files.map(({ parentPath, name }) => relative(directory, join(parentPath, name)).replaceAll('\\', '/')),
  )
}
