import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import type { Caller } from '../../src/app/context.ts'
import { profile } from '../../src/dialects/native/profile.ts'
import { regionName } from '../../src/domain/identity.ts'
import type { RunningService } from '../../src/server/main.ts'
import { hasChromium, openBrowser, openWindow, signIn, tokenOf } from '../rig/browser.ts'
import { requires } from '../rig/requirements.ts'
import { startService, type TestService } from '../rig/service.ts'
import { alice, bob, type TestTenant } from '../rig/tenants.ts'

const VPCS_EACH = 100
const ROWS = VPCS_EACH ** 2
/** Elements of the whole page, however long the list is. */
const ELEMENTS_MAX = 2_000
/** Of the page's thread, for each frame while the list is scrolled: what leaves room for 60 frames a second. */
const FRAME_MS_MAX = 1000 / 60
const FRAMES = 90

let service: TestService & { service: RunningService }
let browser: Browser | null = null
before(async () => {
  service = await startService()
  if (!hasChromium) return
  browser = await openBrowser()
  await makePeerings()
})
after(async () => {
  await browser?.close()
  await service.close()
})

async function makePeerings(): Promise<void> {
  const { app } = service.service
  const callerOf = async ({ name }: TestTenant): Promise<Caller> => ({
    tenant: await app.context.store.findTenant({ name }),
    operator: false,
    region: null,
    dialect: 'native',
    profile,
    requestId: 'many',
    remoteAddress: '',
    dryRun: false,
    once: null,
  })
  const [first, second] = [await callerOf(alice), await callerOf(bob)]
  const vpcs = (caller: Caller) =>
    Promise.all(
      Array.from({ length: VPCS_EACH }, (_, index) => {
        assert.ok(caller.tenant)
        const input = {
          tenant: caller.tenant,
          region: regionName('region-a'),
          name: `many-${index}`,
          description: '',
        }
        return app.createVpc(caller, { ...input, cidrs: [], tags: [], attributes: { adopted: null } })
      }),
    )
  const [ours, theirs] = [await vpcs(first), await vpcs(second)]
  const ends = { accepter: null, accepterRegion: null, description: '', attributes: {} }
  for (const [row, requester] of ours.entries()) {
    await Promise.all(
      theirs.map((accepter, column) => {
        const name = `row ${row * VPCS_EACH + column}`
        return app.createPeering(first, {
          ...ends,
          requesterVpc: requester.id,
          accepterVpc: accepter.id,
          name,
        })
      }),
    )
  }
}

suite(`a list of ${ROWS} rows`, () => {
  test('is whole, is drawn only where one looks, and stays smooth', async (t) => {
    if (!requires(t, 'Chromium', browser !== null)) return
    const { page, faults } = await openWindow(browser as Browser)
    await signIn(page, service, tokenOf(alice), '/peerings')
    await page.getByText('10,000 rows').waitFor({ timeout: 120_000 })
    const elements = () => page.evaluate(() => document.querySelectorAll('*').length)
    assert.ok((await elements()) < ELEMENTS_MAX)
    const perFrameMs = await workPerFrame(page)
    t.diagnostic(`the page's own work for a frame while scrolling: ${perFrameMs.toFixed(1)} ms`)
    assert.ok(perFrameMs < FRAME_MS_MAX, `${perFrameMs} ms`)
    assert.ok((await elements()) < ELEMENTS_MAX)

    // By keyboard to the very end: the row has the focus, and is drawn.
    await page.locator('[role=row][tabindex="0"]').focus()
    await page.keyboard.press('End')
    const lastRow = page.locator(`[role=row][aria-rowindex="${ROWS + 1}"]`)
    await lastRow.waitFor()
    assert.equal(await lastRow.evaluate((row) => row === document.activeElement), true)

    await page.keyboard.press('/')
    await page.waitForFunction(() => document.activeElement?.tagName === 'INPUT')
    await page.keyboard.type('row 7777')
    // However slowly the list follows, no letter is lost.
    assert.equal(await page.locator('input[type=search]').inputValue(), 'row 7777')
    await page.getByRole('row', { name: /^row 7777/ }).click()
    await page.getByRole('heading', { name: 'row 7777' }).waitFor()
    assert.deepEqual(faults, [])
    await page.context().close()
  })
})

/** Scrolls hundreds of rows past, faster than anybody reads, and answers how long the page's thread was at work for each frame, milliseconds. */
async function workPerFrame(page: Page): Promise<number> {
  const devtools = await page.context().newCDPSession(page)
  // Time on the processor: how busy the machine is with other things does not count.
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
  const workMs = async () => {
    const { metrics } = await devtools.send('Performance.getMetrics')
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1000
  }
  const before = await workMs()
  await page.evaluate(async (frames) => {
    const list = document.querySelector('[role=grid]')
    for (let frame = 0; frame < frames; frame++) {
      list?.scrollBy(0, 240)
      await new Promise((resolve) => requestAnimationFrame(resolve))
    }
  }, FRAMES)
  return ((await workMs()) - before) / FRAMES
}
