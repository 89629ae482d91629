import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { encodeXml } from './xml.ts'

const inner = (members: Record<string, unknown>) =>
  /^<\?xml version="1.0" encoding="UTF-8"\?>\n<R>(.*)<\/R>$/s.exec(encodeXml('R', members))?.[1]

suite('XML', () => {
  const cases: [what: string, members: Record<string, unknown>, expected: string][] = [
    ['nothing', {}, ''],
    ['a text', { A: 'x' }, '<A>x</A>'],
    ['an empty text', { A: '' }, '<A></A>'],
    ['numbers and booleans', { A: -1, B: true }, '<A>-1</A><B>true</B>'],
    ['null', { A: null, B: 1 }, '<B>1</B>'],
    ['a list', { A: ['x', 'y'] }, '<A>x</A><A>y</A>'],
    ['an empty list', { A: [] }, ''],
    [
      'a list within an object',
      { As: { A: [{ B: 1 }, { B: 2 }] } },
      '<As><A><B>1</B></A><A><B>2</B></A></As>',
    ],
    ['markup', { A: `<a href="x">&'` }, `<A>&lt;a href=&quot;x&quot;&gt;&amp;'</A>`],
    ['line ends', { A: 'a\r\nb\tc' }, '<A>a&#13;\nb\tc</A>'],
    ['what XML cannot hold', { A: 'a\u0001b\ufffe\ud800' }, '<A>a\ufffdb\ufffd\ufffd</A>'],
    ['characters beyond 16 bits', { A: '中😀' }, '<A>中😀</A>'],
  ]
  for (const [what, members, expected] of cases) {
    test(what, () => assert.equal(inner(members), expected))
  }
})
