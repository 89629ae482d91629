import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { Browser } from 'playwright-core'
import { hasChromium, openBrowser, openWindow, signIn, tokenOf } from '../rig/browser.ts'
import { requires } from '../rig/requirements.ts'
import { startService, type TestService } from '../rig/service.ts'
import { bob } from '../rig/tenants.ts'
import { furnish } from './furnish.ts'

const BUILT = join(import.meta.dirname, '../../dist/console')
const FIRST_PAGE_BYTES_MAX = 250_000
/** Of first useful paint, on a machine that does much else besides. */
const PAINT_MS_MAX = 5_000

let service: TestService
let browser: Browser | null = null
before(async () => {
  service = await startService()
  await furnish(service, 'a peering')
  if (hasChromium) browser = await openBrowser()
})
after(async () => {
  await browser?.close()
  await service.close()
})

suite('the first page', () => {
  test('brings less than 250 kB of JavaScript, compressed, whatever it is asked for by', async (t) => {
    if (!requires(t, 'Chromium', browser !== null)) return
    const { page, requests } = await openWindow(browser as Browser)
    await signIn(page, service, tokenOf(bob))
    await page.getByRole('button', { name: 'Accept' }).first().waitFor()
    const scripts = requests
      .map((address) => new URL(address).pathname)
      .filter((path) => path.endsWith('.js'))
    const sizes = [...new Set(scripts)].map(
      (path) => gzipSync(readFileSync(join(BUILT, path.slice(9))), { level: 9 }).length,
    )
    const total = sizes.reduce((sum, size) => sum + size, 0)
    t.diagnostic(`JavaScript of the first page: ${total} bytes in ${sizes.length} files, with gzip`)
    assert.ok(sizes.length >= 2)
    assert.ok(total < FIRST_PAGE_BYTES_MAX, `${total} bytes`)
    await page.context().close()
  })

  test('shows something useful soon', async (t) => {
    if (!requires(t, 'Chromium', browser !== null)) return
    const { page } = await openWindow(browser as Browser)
    await signIn(page, service, tokenOf(bob))
    await page.reload()
    await page.getByRole('button', { name: 'Accept' }).first().waitFor()
    const { first, useful } = await page.evaluate(() => {
      const [paint] = performance.getEntriesByName('first-contentful-paint')
      return { first: paint?.startTime ?? Number.NaN, useful: performance.now() }
    })
    t.diagnostic(
      `first paint after ${first.toFixed(0)} ms; a request that can be answered after ${useful.toFixed(0)} ms`,
    )
    assert.ok(first < PAINT_MS_MAX && useful < PAINT_MS_MAX)
    await page.context().close()
  })
})
