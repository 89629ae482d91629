import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build } from 'vite'

/**
 * Builds the console into `dist/console`, with each file compressed beside it. It is made elsewhere and moved there
 * whole, so that a service which runs meanwhile serves the one or the other.
 */
const root = dirname(import.meta.dirname)
const target = join(root, 'dist', 'console')
const made = `${target}-${process.pid}`
const old = `${made}-old`

/** Smaller files are not worth another. */
const COMPRESSED_BYTES_MIN = 1024
const COMPRESSED = ['.html', '.js', '.css', '.svg']
const BROTLI = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY }

try {
  await build({
    configFile: join(root, 'console', 'vite.config.ts'),
    build: { outDir: made },
    logLevel: 'error',
  })
  compressAll(made)
  replace()
} finally {
  for (const directory of [made, old]) rmSync(directory, { recursive: true, force: true })
}

function compressAll(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    const file = join(entry.parentPath, entry.name)
    if (!entry.isFile() || !COMPRESSED.includes(extname(file))) continue
    const content = readFileSync(file)
    if (content.length < COMPRESSED_BYTES_MIN) continue
    writeFileSync(`${file}.br`, brotliCompressSync(content, { params: BROTLI }))
    writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }))
  }
}

function replace(): void {
  try {
    renameSync(target, old)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  renameSync(made, target)
}
