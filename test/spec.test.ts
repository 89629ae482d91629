import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { suite, test } from 'node:test'
import { ACTORS, PEERING_EVENTS, PEERING_STATES, TRANSITIONS } from '../src/domain/peering.ts'

/** That `docs/spec/peering.md` says what the domain does, and names tests that there are. */

const root = dirname(import.meta.dirname)
const page = readFileSync(join(root, 'docs/spec/peering.md'), 'utf8')

/** The sections one level below `heading`, by their titles. */
function sectionsOf(heading: string): Map<string, string> {
  const [, part = ''] = page.split(`\n## ${heading}\n`)
  const [body = ''] = part.split('\n## ')
  const sections = body.split('\n### ').slice(1)
  return new Map(sections.map((section) => [section.split('\n')[0] ?? '', section]))
}

/** The rows of the table under `heading`, cell by cell. */
function tableOf(heading: string): string[][] {
  const [, part = ''] = page.split(`\n## ${heading}\n`)
  const [body = ''] = part.split('\n## ')
  const rows = body.split('\n').filter((line) => line.startsWith('|') && !line.startsWith('| ---'))
  return rows.map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )
}

suite('docs/spec/peering.md', () => {
  test('has the transition table of the domain', () => {
    const expected = PEERING_STATES.map((state) => [
      state,
      ...PEERING_EVENTS.map((event) => TRANSITIONS[state][event] ?? '-'),
    ])
    assert.deepEqual(tableOf('States and events'), [['state', ...PEERING_EVENTS], ...expected])
  })

  test('has the domain’s word on whose decision each event is', () => {
    const [, ...rows] = tableOf('Who may do what')
    assert.deepEqual(Object.fromEntries(rows), ACTORS)
  })

  const invariants = sectionsOf('Invariants')
  test('has invariants, each with the tests that hold it', () => {
    assert.ok(invariants.size >= 14)
    for (const [title, text] of invariants) assert.match(text, /^- `[^`]+`: `/m, title)
  })

  for (const [title, text] of invariants) {
    test(`names tests that there are: ${title}`, () => {
      const named = [...text.matchAll(/^- `([^`]+)`: `(.+)`$/gm)]
      assert.equal(named.length, [...text.matchAll(/^- /gm)].length)
      for (const [, file = '', name = ''] of named) {
        assert.ok(existsSync(join(root, file)), file)
        const source = readFileSync(join(root, file), 'utf8')
        const quoted = [`'${name}'`, `"${name}"`, `\`${name}\``]
        const begun = ['test', 'it', 'suite', 'describe'].flatMap((word) =>
          quoted.map((one) => `${word}(${one}`),
        )
        assert.ok(
          begun.some((beginning) => source.includes(beginning)),
          `${file} has no test called: ${name}`,
        )
      }
    })
  }

  test('has assumptions, each with its source', () => {
    const assumptions = sectionsOf('Assumptions')
    assert.ok(assumptions.size >= 7)
    for (const [title, text] of assumptions) assert.match(text, /Source:[\s\S]*https:\/\//, title)
  })
})
