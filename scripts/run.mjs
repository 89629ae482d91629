// Runs one of the project's TypeScript programs on the runtime the project pins, installing first what
// is missing. Plain JavaScript, so that it starts on any Node.js a fresh clone may be met with (20 or newer).
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { consoleIsStale } from './console-state.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const runtime = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node')

/** Whether what is installed is what the lock file says; npm leaves a copy of it behind when it has finished. */
function installed() {
  const inside = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(inside) || !existsSync(runtime)) return false
  const { packages: have } = JSON.parse(readFileSync(inside, 'utf8'))
  const { packages: want } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  return Object.entries(want).every(
    ([path, { version, optional }]) => path === '' || optional || have[path]?.version === version,
  )
}

if (!installed()) {
  process.stderr.write('isthmus: installing what is missing (npm ci), once\n')
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  // npm's own report goes to standard error: standard output belongs to the program that is about to run.
  const { status } = spawnSync(npm, ['ci', '--no-audit', '--no-fund'], { cwd: root, stdio: ['ignore', 2, 2] })
  if (status !== 0) {
    process.stderr.write('isthmus: npm ci failed; is the npm registry reachable?\n')
    process.exit(1)
  }
}

const [program, ...rest] = process.argv.slice(2)
const needsConsole = /^scripts\/(test|check)\.ts$/.test(program) || ['serve', 'demo'].includes(rest[0])
if (needsConsole && consoleIsStale(root)) {
  process.stderr.write('isthmus: building the console, once\n')
  const { status } = spawnSync(runtime, [join(root, 'scripts', 'build-console.ts')], {
    stdio: ['ignore', 2, 2],
  })
  // Everything else works without it; at /console/ the service says that it is missing.
  if (status !== 0) process.stderr.write('isthmus: the console could not be built; going on without it\n')
}
// What was compiled once starts in two thirds of the time and of the memory, types and all.
const cache = join(root, 'node_modules', '.cache', 'compiled')
const env = { NODE_COMPILE_CACHE: cache, ...process.env }
const child = spawn(runtime, [join(root, program), ...rest], { stdio: 'inherit', env })
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
