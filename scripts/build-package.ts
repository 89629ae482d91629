import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * What `npm pack` puts into the package: the service as plain JavaScript in `lib`, with what it reads beside its code,
 * and the console. Whoever installs it needs neither TypeScript nor anything else that only developers need.
 */
const root = dirname(import.meta.dirname)
const source = join(root, 'src')
const target = join(root, 'lib')

rmSync(target, { recursive: true, force: true })
run('TypeScript', join(root, 'node_modules', '.bin', 'tsc'), ['-p', join(root, 'tsconfig.package.json')])
for (const file of globSync('**/*.sql', { cwd: source })) cpSync(join(source, file), join(target, file))
makeProgram(join(target, 'cli', 'main.js'))
run('the console', process.execPath, [join(root, 'scripts', 'build-console.ts')])

function run(what: string, command: string, args: readonly string[]): void {
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (status !== 0) {
    process.stderr.write(`isthmus: ${what} could not be built\n`)
    process.exit(1)
  }
}

/** A file that a shell can start. */
function makeProgram(file: string): void {
  writeFileSync(file, `#!/usr/bin/env node\n${readFileSync(file, 'utf8')}`)
  chmodSync(file, 0o755)
}
