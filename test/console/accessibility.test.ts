import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { hasChromium, openBrowser, openWindow, signIn, tokenOf } from '../rig/browser.ts'
import { requires } from '../rig/requirements.ts'
import { ADMIN_TOKEN, startService, type TestService } from '../rig/service.ts'
import { bob } from '../rig/tenants.ts'
import { furnish, pathsOf, type Things } from './furnish.ts'

let service: TestService
let browser: Browser | null = null
let things: Things
before(async () => {
  service = await startService()
  things = await furnish(service, 'a peering')
  if (hasChromium) browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  await service.close()
})

/** What axe finds that keeps somebody from using the page. */
async function seriousFaults(page: Page, where: string): Promise<string[]> {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: typeof axe }).axe.run(document, { resultTypes: ['violations'] }),
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${where}: ${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
}

const THEMES = ['light', 'dark'] as const
const LOCALES = ['en-GB', 'zh-CN'] as const

suite('nothing serious keeps anybody out', () => {
  for (const colorScheme of THEMES) {
    for (const locale of LOCALES) {
      test(`${colorScheme}, ${locale}`, async (t) => {
        if (!requires(t, 'Chromium', browser !== null)) return
        const { page, faults } = await openWindow(browser as Browser, { colorScheme, locale })
        const found: string[] = []
        await page.goto(`${service.url}/console/`)
        await page.locator('input[name=token]').waitFor()
        found.push(...(await seriousFaults(page, 'signing in')))
        await signIn(page, service, ADMIN_TOKEN)
        for (const path of pathsOf(things)) {
          await page.goto(`${service.url}/console${path}`)
          await page.locator('main h1').waitFor()
          await page.locator('.account-light-live').waitFor()
          found.push(...(await seriousFaults(page, path)))
        }
        assert.deepEqual(found, [])
        assert.deepEqual(faults, [])
        assert.equal(await page.evaluate(() => document.documentElement.lang), locale)
        await page.context().close()
      })
    }
  }

  test('dialogs', async (t) => {
    if (!requires(t, 'Chromium', browser !== null)) return
    const { page } = await openWindow(browser as Browser)
    await signIn(page, service, tokenOf(bob))
    const found: string[] = []
    const look = async (path: string, button: string) => {
      await page.goto(`${service.url}/console${path}`)
      await page.getByRole('button', { name: button, exact: true }).first().click()
      await page.getByRole('dialog').waitFor()
      found.push(...(await seriousFaults(page, button)))
    }
    await look('/', 'Accept')
    await look('/', 'Refuse')
    await look('/', 'Settings')
    await look('/', 'Keyboard shortcuts')
    await look('/peerings', 'Ask for a peering')
    await look(`/peerings/${things.active}`, 'Delete')
    await look('/tenants', 'New key')
    assert.deepEqual(found, [])
    await page.context().close()
  })

  for (const width of [375, 1920]) {
    test(`fits into ${width} pixels`, async (t) => {
      if (!requires(t, 'Chromium', browser !== null)) return
      const { page } = await openWindow(browser as Browser, { viewport: { width, height: 800 } })
      await signIn(page, service, ADMIN_TOKEN)
      for (const path of pathsOf(things)) {
        await page.goto(`${service.url}/console${path}`)
        await page.locator('main h1').waitFor()
        await page.locator('.account-light-live').waitFor()
        const wide = await page.evaluate(() => document.documentElement.scrollWidth)
        assert.ok(wide <= width, `${path} is ${wide} pixels wide`)
      }
      await page.context().close()
    })
  }
})
