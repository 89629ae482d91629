import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { quote } from './terraform/hcl.ts'
import { jsonText, plain, shellWord } from './text.ts'

/** What a terminal obeys: the two ranges of control characters, and DEL. */
const obeyed = (text: string) =>
  [...text].some((character) => {
    const code = character.charCodeAt(0)
    return code < 0x20 || (code >= 0x7f && code < 0xa0)
  })

const anything = fc.string({ unit: 'binary', maxLength: 40 })

suite('names may hold anything', () => {
  test('nothing that is shown is obeyed by a terminal', () => {
    assert.equal(plain('a\x1b[2Jb\u009bc\u202ed\n漢字😀'), 'a\\x1b[2Jb\\x9bc\\u202ed\\x0a漢字😀')
    fc.assert(
      fc.property(
        anything,
        (text) => !obeyed(plain(text)) && !obeyed(jsonText([text])) && !obeyed(quote(text)),
      ),
    )
  })

  test('JSON says the same', () => {
    fc.assert(fc.property(anything, (text) => assert.deepEqual(JSON.parse(jsonText({ text })), { text })))
  })

  test('a word of a shell is that word', () => {
    const texts = fc.sample(
      fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
      200,
    )
    const script = `printf '%s\\0' ${texts.map(shellWord).join(' ')}`
    const said = execFileSync('bash', ['-c', script]).toString().split('\0')
    assert.deepEqual(said, [...texts, ''])
  })

  test('HCL has no interpolation but what it says', () => {
    assert.equal(
      quote('$' + '{var.alice.secret} %{ if true } "q" \\ \n'),
      '"$${var.alice.secret} %%{ if true } \\"q\\" \\\\ \\n"',
    )
    // Without its two marks of templates a string of HCL is one of JSON.
    const unquoted = (text: string) => JSON.parse(quote(text)) as string
    const doubled = (text: string) => text.replaceAll(/([$%])\{/g, '$1$1{')
    fc.assert(fc.property(anything, (text) => assert.equal(unquoted(text), doubled(text))))
  })
})
