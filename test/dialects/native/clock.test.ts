import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { startService } from '../../rig/service.ts'
import { alice, bob } from '../../rig/tenants.ts'
import { client } from '../huawei/client.ts'
import { asOperator, assertProblem, asTenant, newPeering, TIME } from './client.ts'

suite('a manual clock', async () => {
  const service = await startService()
  const operator = asOperator(service)
  const now = async () => Date.parse((await operator('GET', '/clock')).body.now)

  test('runs, and goes as far ahead as it is told', async () => {
    const { status, body } = await operator('GET', '/clock')
    assert.equal(status, 200)
    assert.deepEqual(Object.keys(body), ['now'])
    assert.match(body.now, TIME)
    const before = await now()
    assert.ok(Math.abs(before - Date.now()) < 2_000)
    for (const [duration, ms] of [
      ['P7D', 7 * 86_400_000],
      ['PT1H30M', 5_400_000],
      ['P1W', 7 * 86_400_000],
      ['PT0S', 0],
    ] as const) {
      const start = await now()
      const moved = await operator('POST', '/clock', { advance: duration })
      assert.equal(moved.status, 200)
      assert.ok(Math.abs(Date.parse(moved.body.now) - start - ms) < 2_000, duration)
      assert.ok(Math.abs((await now()) - start - ms) < 2_000, duration)
    }
  })

  test('a week on, what waited has expired; signatures go by real time all the same', async () => {
    const waiting = await newPeering(service, alice, bob)
    await operator('POST', '/clock', { advance: 'P7D' })
    const { state, updatedAt } = (await operator('GET', `/peerings/${waiting.id}`)).body
    assert.deepEqual([state, updatedAt], ['expired', waiting.expiresAt])
    const signed = await client(service, bob)('GET', `/v2.0/vpc/peerings/${waiting.id}`)
    assert.equal(signed.body.peering.status, 'EXPIRED')
  })

  for (const duration of [
    'a day',
    '',
    'P',
    'PT',
    'P1Y',
    'P1M',
    '-P1D',
    'P1.5D',
    'P9999999W',
    'P999999999999999D',
  ]) {
    test(`what is no duration: '${duration}'`, async () => {
      const detail = `advance '${duration}': not an ISO 8601 duration of weeks, days, hours, minutes and seconds.`
      assertProblem(await operator('POST', '/clock', { advance: duration }), 400, 'request.invalid', detail)
    })
  }

  test('all see it, and only the operator moves it', async () => {
    const asAlice = asTenant(service, alice)
    assert.equal((await asAlice('GET', '/clock')).status, 200)
    const before = await now()
    const refused = await asAlice('POST', '/clock', { advance: 'P1D' })
    assertProblem(refused, 403, 'permission.denied', 'This token may not move the clock.')
    assert.ok((await now()) - before < 2_000)
  })

  test('closes', () => service.close())
})

test('the system clock is not moved', async () => {
  const service = await startService({ args: ['--clock', 'system'] })
  try {
    const operator = asOperator(service)
    for (const path of ['/clock', '/clock?dryRun=true']) {
      const refused = await operator('POST', path, { advance: 'P1D' })
      const detail = 'The clock cannot be moved; start with --clock manual.'
      assertProblem(refused, 409, 'clock.not-manual', detail)
    }
    const { now } = (await operator('GET', '/clock')).body
    assert.ok(Math.abs(Date.parse(now) - Date.now()) < 2_000)
  } finally {
    await service.close()
  }
})
