import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ProtocolError } from './errors.ts'
import { MessageSplitter } from './framing.ts'

const MAX = 1_000_000

/** Cuts `bytes` where the generator says. */
function chunksOf(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1))), bytes.length].sort((a, b) => a - b)
  return ends.map((end, index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], end))
}

describe('the framing', () => {
  it('finds the messages again, wherever the stream is cut and whatever is in the strings', () => {
    const tricky = fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', '[', ']', 'ü', '😀', 'a', '\n') })
    const message = fc.dictionary(tricky, fc.oneof(tricky, fc.jsonValue(), fc.array(tricky)))
    const gap = fc.constantFrom('', ' ', '\n', '\r\n\t')
    fc.assert(
      fc.property(
        fc.array(fc.tuple(message, gap)),
        fc.array(fc.nat()),
        fc.constantFrom(null, 2),
        (messages, cuts, indent) => {
          const texts = messages.map(([value]) => JSON.stringify(value, null, indent ?? undefined))
          const bytes = Buffer.from(messages.map(([, space], index) => `${space}${texts[index]}`).join(''))
          const splitter = new MessageSplitter(MAX)
          const found = chunksOf(bytes, cuts).flatMap((chunk) => [...splitter.push(chunk)])
          assert.deepEqual(found, texts)
        },
      ),
    )
  })

  it('takes a message that is as long as allowed, and none that is longer, in one piece or in many', () => {
    const text = JSON.stringify({ a: 'x'.repeat(100) })
    for (const size of [1, 7, 1_000]) {
      const chunks = (bytes: Buffer) =>
        Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
          bytes.subarray(index * size, (index + 1) * size),
        )
      const feed = (max: number) => {
        const splitter = new MessageSplitter(max)
        return chunks(Buffer.from(text + text)).flatMap((chunk) => [...splitter.push(chunk)])
      }
      assert.deepEqual(feed(text.length), [text, text])
      assert.throws(() => feed(text.length - 1), ProtocolError)
    }
  })

  it('refuses what is no message, once the messages before it were delivered', () => {
    for (const garbage of ['x', '[1]', '"text"', '\0', 'HTTP/1.1 400 Bad Request']) {
      const found: string[] = []
      assert.throws(() => {
        for (const text of new MessageSplitter(MAX).push(Buffer.from(`{"a":1}${garbage}`))) found.push(text)
      }, ProtocolError)
      assert.deepEqual(found, ['{"a":1}'])
    }
    assert.throws(() => [...new MessageSplitter(MAX).push(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]))], {
      message: 'a message is not UTF-8',
    })
  })

  it('looks at each byte once: twice the stream takes about twice the time, in the smallest of chunks', () => {
    const millisecondsFor = (length: number) => {
      const bytes = Buffer.from(JSON.stringify({ a: 'x'.repeat(length) }))
      const startedMs = performance.now()
      const splitter = new MessageSplitter(bytes.length)
      let found = 0
      for (let at = 0; at < bytes.length; at += 16) {
        for (const _ of splitter.push(bytes.subarray(at, at + 16))) found++
      }
      assert.equal(found, 1)
      return performance.now() - startedMs
    }
    millisecondsFor(200_000)
    const best = (length: number) => Math.min(...[1, 2, 3].map(() => millisecondsFor(length)))
    const [short, long] = [best(200_000), best(1_600_000)]
    // Eight times the stream; looking at everything anew with each chunk would take 64 times as long.
    assert.ok(long < short * 24, `${short} ms, then ${long} ms`)
  })
})
