import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, it } from 'node:test'
import { apiTypes } from '../scripts/api-types.ts'
import { coveragePage } from '../scripts/coverage.ts'

/** What a reviewer would otherwise have to look for every time. */

const root = dirname(import.meta.dirname)
const read = (file: string) => readFileSync(join(root, file), 'utf8')
/** What is delivered, tests and what they need left out. */
const isProduct = (file: string) =>
  /^(src|console)\//.test(file) && !/\.(test|contract|fixtures)\.ts$/.test(file)
const sources = globSync('{src,bench,conformance,console,scripts,test}/**/*.{ts,tsx,mjs}', {
  cwd: root,
}).sort()

/** The files that `file` imports, by path from the root; what comes from Node or from a package is left out. */
function importsOf(file: string): string[] {
  const found = read(file).matchAll(/(?:from|import|import\()\s*'(\.[^']+)'|new URL\('(\.[^']+)'/g)
  return [...found].map(([, plain, url]) => normalize(join(dirname(file), plain ?? url ?? '')))
}

/** The layer a file is in. Of the dialects and the adapters, each is a layer of its own. */
function layerOf(file: string): string {
  const [top, layer = '', child = '', grandchild = ''] = file.split('/')
  if (top === 'console') return top
  if (layer === 'dialects') return child.endsWith('.ts') ? 'dialects' : `dialects/${child}`
  if (layer === 'adapters') {
    return grandchild.endsWith('.ts') || child === 'store'
      ? `adapters/${child}`
      : `adapters/${child}/${grandchild}`
  }
  return layer
}

/** What each layer may import besides itself. Imports point inward. */
function mayImport(from: string, to: string): boolean {
  if (from === to) return true
  // What runs in a browser shares the decisions with the service, and nothing else.
  if (from === 'console') return to === 'domain'
  if (to === 'console') return false
  if (from === 'ovsdb' || from === 'runtime') return false
  if (to === 'ovsdb') return from.startsWith('adapters/')
  // What concerns Node.js itself, and nothing of what it runs.
  if (to === 'runtime') return from.startsWith('adapters/') || from === 'server' || from === 'cli'
  if (to === 'domain') return true
  if (from === 'domain') return false
  if (from === 'ports') return false
  if (to === 'ports') return true
  if (from === 'app' || from.startsWith('adapters/')) return false
  if (from === 'dialects') return to === 'app' || to.startsWith('dialects/')
  if (from.startsWith('dialects/')) return to === 'app' || to === 'dialects'
  return from === 'server' || from === 'cli'
}

describe('the tree', () => {
  it('imports inward only, and nothing from a sibling dialect or driver', () => {
    const wrong = sources.filter(isProduct).flatMap((file) =>
      importsOf(file)
        .filter((target) => !mayImport(layerOf(file), layerOf(target)))
        .map((target) => `${file} imports ${target}`),
    )
    assert.deepEqual(wrong, [])
  })

  it('picks dialects in one list only', () => {
    const lists = sources.filter((file) =>
      importsOf(file).some((target) => /^src\/dialects\/\w+(\/\w+)?\/index\.ts$/.test(target)),
    )
    const product = lists.filter((file) => file.startsWith('src/') && !file.endsWith('.test.ts'))
    assert.deepEqual(product, ['src/dialects/index.ts', 'src/server/native-api.ts'])
  })

  it('has no file that nothing uses', () => {
    const used = new Set(sources.flatMap(importsOf))
    const starts =
      /\.test\.ts$|^scripts\/(run\.mjs|test|passed-files|check|torture|write-coverage|build-console|build-package)|^console\/(vite\.config|src\/main)|^bench\/(main|bare-server)|^conformance\/main|^src\/cli\/main|^src\/adapters\/store\/sqlite\/writer-thread/
    const unused = sources.filter((file) => !used.has(file) && !starts.test(file))
    assert.deepEqual(unused, [])
  })

  it('keeps the domain and the ports free of clocks, randomness and input and output', () => {
    const impure = sources
      .filter((file) => /^src\/(domain|ports)\//.test(file) && !file.endsWith('.test.ts'))
      .filter((file) => /from 'node:|Date\.now|Math\.random|process\.|async /.test(read(file)))
    assert.deepEqual(impure, [])
  })

  it('lists its operations in docs/coverage.md as they are', () => {
    assert.equal(read('docs/coverage.md'), coveragePage(), 'run: npm run docs')
  })

  it("has the types of the console's calls as the API is", async () => {
    assert.equal(read('console/src/api/schema.ts'), await apiTypes(), 'run: npm run docs')
  })

  it('gives every runtime dependency its reason', () => {
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> }
    const reasons = globSync('docs/decisions/*.md', { cwd: root }).map(read).join('\n')
    for (const name of Object.keys(dependencies)) assert.ok(reasons.includes(`\`${name}\``), name)
  })

  it('records no download address in the lock file', () => {
    assert.ok(!/"resolved": "http/.test(read('package-lock.json')))
  })

  it('keeps functions short, and lets none that is long grow', () => {
    const long = sources
      .filter(isProduct)
      .flatMap((file) => longFunctions(file))
      .filter(({ lines }) => lines > LONGEST)
      .map(({ name, lines }) => `${name}: ${lines} lines`)
    assert.deepEqual(long, [])
  })
})

/** Lines, from the one that begins a function to the one that ends it. */
const LONGEST = 70

/** Functions and methods as the formatter lays them out: they end at the first closing brace of their own indent. */
function longFunctions(file: string): { name: string; lines: number }[] {
  const lines = read(file).split('\n')
  const found: { name: string; lines: number }[] = []
  for (const [index, line] of lines.entries()) {
    const start = /^( *)(?:export )?(?:async )?(?:function\*? (\w+)|(#?\w+)\(.*\).*\{$)/.exec(line)
    if (!start || line.includes('=>') || /^ *(if|for|while|switch|return)\b/.test(line)) continue
    const end = lines.findIndex(
      (other, at) => at > index && (other === `${start[1]}}` || other === `${start[1]}},`),
    )
    if (end > 0) found.push({ name: `${file}: ${start[2] ?? start[3]}`, lines: end - index + 1 })
  }
  return found
}
