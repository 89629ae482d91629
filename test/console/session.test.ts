import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { hasChromium, openBrowser, openWindow, signIn, tokenOf } from '../rig/browser.ts'
import { freePort } from '../rig/free-port.ts'
import { requires } from '../rig/requirements.ts'
import { ADMIN_TOKEN, native, startService } from '../rig/service.ts'
import { alice, bob, vpcOf } from '../rig/tenants.ts'

let browser: Browser | null = null
before(async () => {
  if (hasChromium) browser = await openBrowser()
})
after(() => browser?.close())

suite('a session', () => {
  test('begins with a token that is valid, and with no other', async (t) => {
    if (!requires(t, 'Chromium', browser !== null)) return
    const service = await startService()
    t.after(() => service.close())
    const { page, faults } = await openWindow(browser as Browser)
    await page.goto(`${service.url}/console/peerings`)
    const field = page.getByLabel('Token')
    for (const [token, says] of [
      ['', 'Type a token first.'],
      ['AKALICE.wrong', 'This token is not valid.'],
      ['not ascii: ü', 'This token is not valid.'],
    ] as const) {
      await field.fill(token)
      await page.keyboard.press('Enter')
      await page.getByText(says).waitFor()
    }
    await field.fill(tokenOf(alice))
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Peerings', exact: true }).waitFor()
    assert.deepEqual(faults, [])
    await page.context().close()
  })

  test('lives in its tab: never in an address, a cookie, or what outlives the tab', async (t) => {
    if (!requires(t, 'Chromium', browser !== null)) return
    const service = await startService()
    t.after(() => service.close())
    const { page, requests } = await openWindow(browser as Browser)
    await signIn(page, service, tokenOf(alice), '/events')
    await page.reload()
    await page.getByRole('heading', { name: 'Events' }).waitFor()
    const secret = alice.key.secret
    assert.ok(![page.url(), ...requests].some((address) => address.includes(secret)))
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, document.cookie]))
    assert.ok(!kept.includes(secret))
    const other = await page.context().newPage()
    await other.goto(`${service.url}/console/`)
    await other.getByRole('heading', { name: 'Sign in' }).waitFor()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    assert.ok(!(await page.evaluate(() => JSON.stringify({ ...sessionStorage }))).includes(secret))
    await page.context().close()
  })

  test('that has expired leads to signing in, and back to where one was', async (t) => {
    if (!requires(t, 'Chromium', browser !== null)) return
    const service = await startService()
    t.after(() => service.close())
    const made = await native(service, ADMIN_TOKEN, 'POST', `/tenants/alice/keys`)
    const key = made.body as { id: string; token: string }
    const { page, faults } = await openWindow(browser as Browser)
    await signIn(page, service, key.token, '/peerings?state=active')
    await page.locator('.account-light-live').waitFor()
    await native(service, ADMIN_TOKEN, 'DELETE', `/tenants/alice/keys/${key.id}`)
    await page.getByRole('link', { name: 'Access keys' }).click()
    await page.getByText('Your token is not valid any more.').waitFor()
    await page.getByLabel('Token').fill(tokenOf(alice))
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Access keys', level: 1 }).waitFor()
    assert.match(page.url(), /\/console\/tenants$/)
    assert.deepEqual(faults, [])
    await page.context().close()
  })

  test('outlives the service: gone, it says so; back, all is as it is by then', async (t) => {
    if (!requires(t, 'Chromium', browser !== null)) return
    const directory = mkdtempSync(join(tmpdir(), 'isthmus-console-'))
    const args = ['--listen', `127.0.0.1:${await freePort()}`]
    const first = await startService({ directory, args })
    const { page } = await openWindow(browser as Browser)
    await signIn(page, first, tokenOf(bob), '/networks')
    await page.locator('.account-light-live').waitFor()
    await first.close()
    const banner = page.getByText('The service does not answer. Trying again…').first()
    await banner.waitFor()
    // It must not be back before all of this has happened.
    await page.context().setOffline(true)
    const second = await startService({ directory, args })
    t.after(async () => {
      await second.close()
      rmSync(directory, { recursive: true })
    })
    const body = {
      requesterVpc: vpcOf(alice, 1).ids.huawei,
      accepterVpc: vpcOf(bob, 1).ids.huawei,
      name: 'meanwhile',
    }
    assert.equal((await native(second, tokenOf(alice), 'POST', '/peerings', body)).status, 201)
    // No event says this.
    const vpc = { name: 'made meanwhile', region: 'region-a', cidrs: [] }
    assert.equal((await native(second, tokenOf(bob), 'POST', '/vpcs', vpc)).status, 201)
    await page.context().setOffline(false)
    await page.getByText('made meanwhile').waitFor()
    await page.getByRole('link', { name: 'Inbox' }).click()
    await page.getByRole('link', { name: 'meanwhile' }).waitFor()
    await page.locator('.account-light-live').waitFor()
    assert.equal(await page.locator('.banner').count(), 0)
    await page.context().close()
  })
})
