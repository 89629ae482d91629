import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { hasChromium, openBrowser, openWindow, settled, signIn } from '../rig/browser.ts'
import { requires } from '../rig/requirements.ts'
import { ADMIN_TOKEN, startService, type TestService } from '../rig/service.ts'
import { EVIL, furnish, pathsOf } from './furnish.ts'

let service: TestService
let browser: Browser | null = null
before(async () => {
  service = await startService()
  if (hasChromium) browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  await service.close()
})

suite('what people have typed', () => {
  test('stays text on every page, and nothing but the service is ever asked', async (t) => {
    if (!requires(t, 'Chromium', browser !== null)) return
    const things = await furnish(service, EVIL)
    const { page, faults, requests } = await openWindow(browser as Browser)
    await page.exposeFunction('breach', () => faults.push('a script of somebody’s ran'))
    await signIn(page, service, ADMIN_TOKEN)
    let shown = 0
    for (const path of pathsOf(things)) {
      await page.goto(`${service.url}/console${path}`)
      await settled(page)
      shown += await page.getByText(EVIL, { exact: false }).count()
      assert.equal(await page.locator('img, iframe, object, embed, main script, main style').count(), 0, path)
    }
    assert.ok(shown >= 5, `the name was to be seen ${shown} times only`)
    assert.deepEqual(faults, [])
    const strangers = requests.filter((address) => new URL(address).origin !== new URL(service.url).origin)
    assert.deepEqual(strangers, [])
    await page.context().close()
  })
})
