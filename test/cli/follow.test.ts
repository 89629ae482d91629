import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { listen, README_BOOTSTRAP, startWorld, TOKENS, type World } from '../rig/cli.ts'
import { startCommand } from '../rig/command.ts'
import { freePort } from '../rig/free-port.ts'
import { native, spawnService } from '../rig/service.ts'

/** What goes on until somebody has seen enough. */

const ask = async ({ call, vpc }: World, name: string) =>
  (
    await call<{ id: string }>('alice', 'POST', '/peerings', {
      requesterVpc: await vpc('alice-vpc'),
      accepterVpc: await vpc('bob-vpc'),
      name,
    })
  ).id

const sequences = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { sequence: number }).sequence)

suite('isthmus events --follow', () => {
  test('begins now, shows what happens, and ends with 0 when it is interrupted', async () => {
    const world = await startWorld()
    try {
      const before = await ask(world, 'before')
      await world.call('bob', 'POST', `/peerings/${before}/reject`)
      const following = world.start('alice', 'events', '--follow', '--json')
      const heard = listen(following)
      // Nothing says that it listens; what is asked for again and again is heard once it does.
      let id = ''
      while (heard.text() === '') {
        id = await ask(world, 'after')
        await world.call('alice', 'DELETE', `/peerings/${id}`)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      await heard.said(new RegExp(`peering\\.deleted.*${id}`))
      following.process.kill('SIGINT')
      const { code, stdout, stderr } = await following.ended
      assert.deepEqual([code, stderr], [0, ''])
      assert.ok(!stdout.includes(before))
      const seen = sequences(stdout)
      assert.deepEqual(
        seen,
        seen.map((_, index) => (seen[0] ?? 0) + index),
      )
    } finally {
      await world.close()
    }
  })

  test('goes on where it was when the service goes and comes back: nothing twice, nothing left out', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'isthmus-follow-'))
    const port = await freePort()
    const options = { directory, bootstrap: README_BOOTSTRAP, args: ['--listen', `127.0.0.1:${port}`] }
    let service = await spawnService(options)
    const make = async () => {
      const { body } = await native(service, TOKENS.alice, 'GET', '/vpcs')
      const [vpc] = (body as { vpcs: { id: string }[] }).vpcs
      const peering = { requesterVpc: vpc?.id, accepterVpc: 'vpc-bob00001', name: 'again' }
      const made = await native(service, TOKENS.alice, 'POST', '/peerings', peering)
      await native(service, TOKENS.alice, 'DELETE', `/peerings/${(made.body as { id: string }).id}`)
    }
    const environment = {
      ISTHMUS_ENDPOINT: service.url,
      ISTHMUS_TOKEN: TOKENS.alice,
      XDG_CONFIG_HOME: directory,
    }
    const following = startCommand(['events', '--follow', '--after', '0', '--json'], environment)
    try {
      const [heard, complained] = [listen(following), listen(following, 'stderr')]
      await make()
      await heard.said(/"sequence":2,/)
      service.process.kill('SIGKILL')
      await complained.said(/trying again\n/)
      service = await spawnService(options)
      await make()
      await heard.said(/"sequence":4,/)
      following.process.kill('SIGTERM')
      const { code, stdout, stderr } = await following.ended
      assert.equal(code, 0)
      assert.deepEqual(sequences(stdout), [1, 2, 3, 4])
      assert.match(stderr, /^(isthmus events: [^\n]+; trying again\n){1,2}$/)
    } finally {
      following.process.kill('SIGKILL')
      await service.close()
      rmSync(directory, { recursive: true, force: true })
    }
  })

  test('ends where the service refuses', async () => {
    const world = await startWorld()
    const { code, stderr } = await world.run(
      'alice',
      'events',
      '--follow',
      '--after',
      '0',
      '--token',
      'no.such',
    )
    await world.close()
    assert.equal(code, 4)
    assert.match(stderr, /^isthmus events: The token is not valid; /)
  })
})

suite('isthmus peering watch', () => {
  test('ends with 1 as soon as the state that was waited for cannot come any more', async () => {
    const world = await startWorld()
    try {
      const id = await ask(world, 'watched')
      const watching = world.start('alice', 'peering', 'watch', 'watched', '--until', 'active')
      await listen(watching).said(/^watched is pending-acceptance\n/)
      await world.call('bob', 'POST', `/peerings/${id}/reject`)
      const { code, stdout } = await watching.ended
      assert.equal(code, 1)
      assert.match(stdout, / {2}peering\.rejected .* {2}pending-acceptance -> rejected {2}tenant /)
      const late = await world.run('alice', 'peering', 'watch', 'watched', '--until', 'active')
      assert.deepEqual(late, { code: 1, stdout: 'watched is rejected\n', stderr: '' })
      const there = await world.run('alice', 'peering', 'watch', 'watched', '--until', 'rejected')
      assert.equal(there.code, 0)
    } finally {
      await world.close()
    }
  })
})
