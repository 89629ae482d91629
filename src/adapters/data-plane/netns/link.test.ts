import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { requires } from '../../../../test/rig/requirements.ts'
import { buildLink, buildVpc } from '../data-plane.fixtures.ts'
import { type End, endOf } from './end.ts'
import { type Kernel, openKernel } from './kernel.ts'
import { isLaid, layLink } from './link.ts'
import { GROUP } from './names.ts'
import { numbers } from './netns.fixtures.ts'

const DEVICE = 'isthmus-it'
const NAMESPACES = [1, 2].map((number) => `it-${randomBytes(4).toString('hex')}-${number}`)

let kernel: Kernel | null = null
before(async () => {
  kernel = await openKernel().catch(() => null)
  for (const name of kernel ? NAMESPACES : []) await kernel?.addNamespace(name)
})
after(async () => {
  for (const name of kernel ? NAMESPACES : []) await kernel?.deleteNamespace(name)
  await kernel?.close()
})

/** A kernel that notes every line that it is given. */
function noting(real: Kernel, lines: string[]): Kernel {
  const note = (program: 'ip' | 'nft') => (namespace: string, given: readonly string[]) => {
    lines.push(...given.map((line) => `${namespace} ${program} ${line}`))
    return real[program](namespace, given)
  }
  return new Proxy(real, {
    get(target, name: keyof Kernel) {
      if (name === 'ip' || name === 'nft') return note(name)
      return target[name].bind(target)
    },
  })
}

describe('a link over namespaces', () => {
  it('that is to wait and does not is emptied, then shut, and only then filled', async (t) => {
    if (!requires(t, 'network namespaces', kernel !== null)) return
    const real = kernel as Kernel
    const [one, two] = [buildVpc(['10.1.0.0/16'], []), buildVpc(['10.2.0.0/16'], [])]
    const { peering, open, requester, accepter } = buildLink({ vpc: one }, { vpc: two }, { open: false })
    const allocate = numbers()
    const [here = '', there = ''] = NAMESPACES
    const ours = { own: requester, other: accepter, namespace: here }
    const theirs = { own: accepter, other: requester, namespace: there }
    const ends: [End, End] = [
      await endOf('requester', peering, DEVICE, open, ours, allocate),
      await endOf('accepter', peering, DEVICE, open, theirs, allocate),
    ]
    await layLink(real, ends, { nothing: true, laid: null })
    assert.equal(await isLaid(real, ends), true)

    // As a version before this one left it: in the group of what is open, and without the rule that shuts.
    for (const name of NAMESPACES) {
      await real.ip(name, [`link set dev ${DEVICE} group ${GROUP.peering}`])
      await real.nft(name, ['flush chain inet isthmus arriving', `flush chain inet isthmus ${DEVICE}`])
    }
    const lines: string[] = []
    await layLink(noting(real, lines), ends, { nothing: false, laid: null })
    assert.equal(await isLaid(real, ends), true)
    for (const name of NAMESPACES) {
      const own = lines.filter((line) => line.startsWith(name) && !/ (show|list|get) /.test(line))
      const steps = own.map((line) =>
        line.includes(' daddr ') ? 'fill' : line.includes(' nft ') ? 'empty' : 'shut',
      )
      assert.deepEqual(steps, ['empty', 'shut', 'fill'])
    }
  })
})
