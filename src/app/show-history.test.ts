import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { openWorld, type World } from './app.fixtures.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

describe('the history of a peering', () => {
  it('is found part by part, however far back it begins, and looked for no further than that', async () => {
    const { app, alice } = world
    const [ours, theirs, other] = [
      await world.vpc(alice),
      await world.vpc(world.bob),
      await world.vpc(world.bob),
    ]
    const rename = (id: string, name: string) => app.updatePeering(world.as(alice), { id, name })
    const noise = await world.ask(ours, other)
    await rename(noise.id, 'one')
    const { id } = await world.ask(ours, theirs)
    for (const name of ['two', 'three', 'four']) await rename(noise.id, name)
    await rename(id, 'renamed')
    await rename(noise.id, 'five')

    const parts: (readonly number[])[] = []
    let before: number | null = null
    do {
      const part: Awaited<ReturnType<typeof app.showHistory>> = await app.showHistory(world.as(alice), {
        id,
        before,
        reach: 2,
      })
      parts.push(part.events.map(({ sequence }) => sequence))
      before = part.next
    } while (before !== null)
    assert.deepEqual(parts, [[7], [], [3]])
    const whole = await app.showHistory(world.as(alice), { id, before: null })
    assert.deepEqual(
      whole.events,
      (await world.events()).filter(({ peering }) => peering === id).toReversed(),
    )
    assert.equal(whole.next, null)
  })
})
