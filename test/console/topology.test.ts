import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { hasChromium, openBrowser, openWindow, signIn, tokenOf } from '../rig/browser.ts'
import { requires } from '../rig/requirements.ts'
import { ADMIN_TOKEN, native, startService, type TestService } from '../rig/service.ts'
import { alice, bob } from '../rig/tenants.ts'

/** The picture of VPCs and peerings, small and large. */

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

async function make(token: string, path: string, body: unknown): Promise<string> {
  const answer = await native(service, token, 'POST', path, body)
  assert.ok(answer.status < 300, `${path}: ${JSON.stringify(answer.body)}`)
  return (answer.body as { id: string }).id
}

const vpc = (tenant: string, name: string, cidr: string) =>
  make(ADMIN_TOKEN, '/vpcs', { tenant, name, region: 'region-a', cidrs: [cidr] })

suite('the topology', () => {
  test('shows whose VPCs are peered, in which state, and what hangs on one of them', async (t) => {
    if (!requires(t, 'Chromium', browser !== null)) return
    assert.ok(browser)
    const hub = await vpc('alice', 'hub', '10.210.0.0/16')
    const [near, far] = [await vpc('bob', 'near', '10.211.0.0/16'), await vpc('bob', 'far', '10.212.0.0/16')]
    const ask = (accepterVpc: string, name: string) =>
      make(tokenOf(alice), '/peerings', { requesterVpc: hub, accepterVpc, name })
    const agreed = await ask(near, 'agreed')
    await ask(far, 'asked')
    await make(tokenOf(bob), `/peerings/${agreed}/accept`, undefined)
    const { page, faults } = await openWindow(browser)
    await signIn(page, service, tokenOf(bob), '/topology')

    await page.locator('.vpc-card').filter({ hasText: 'near' }).waitFor()
    assert.equal(await page.locator('.line-agreed').count(), 2, 'the line and its sign in the legend')
    assert.equal(await page.locator('.line-pending').count(), 2)
    // Whoever asks stands to the left; bob knows of alice's VPC only what the request tells.
    const left = await page.locator('.vpc-card').filter({ hasText: '10.210.0.0/16' }).boundingBox()
    const right = await page.locator('.vpc-card').filter({ hasText: 'near' }).boundingBox()
    assert.ok(left && right && left.x + left.width < right.x)
    assert.equal(await page.getByText('hub').count(), 0)

    await page.locator('.react-flow__node').filter({ hasText: 'near' }).focus()
    await page.keyboard.press('Enter')
    const details = page.getByRole('region', { name: 'near' })
    await details.getByRole('link', { name: 'agreed' }).waitFor()
    await details.getByText('Agreed', { exact: true }).waitFor()
    assert.equal(new URL(page.url()).searchParams.get('vpc'), near)
    await page.getByRole('checkbox', { name: /^Waiting/ }).uncheck()
    await page.locator('.react-flow__edge.line-pending').waitFor({ state: 'detached' })
    assert.deepEqual(faults, [])
  })

  test('stays readable and quick with 500 VPCs', async (t) => {
    if (!requires(t, 'Chromium', browser !== null)) return
    assert.ok(browser)
    const tenants = Array.from({ length: 20 }, (_, index) => `team-${index}`)
    for (const name of tenants) await make(ADMIN_TOKEN, '/tenants', { name })
    const vpcs = await Promise.all(
      Array.from({ length: 500 }, (_, index) =>
        vpc(
          tenants[index % tenants.length] ?? '',
          `net-${index}`,
          `10.${index >> 4}.${(index % 16) * 16}.0/20`,
        ),
      ),
    )
    // Each tenant has a hub that its other VPCs and the next tenant's hub are peered with.
    for (const [index, id] of vpcs.entries()) {
      const hub = vpcs[index % tenants.length] ?? ''
      const other = index < tenants.length ? vpcs[(index + 1) % tenants.length] : hub
      if (index % 3 !== 0 || index < tenants.length)
        await make(ADMIN_TOKEN, '/peerings', { requesterVpc: id, accepterVpc: other, name: `link-${index}` })
    }
    const { page, faults } = await openWindow(browser, { viewport: { width: 1920, height: 1080 } })
    await signIn(page, service, ADMIN_TOKEN, '/topology')
    const startedAtMs = performance.now()
    await page.locator('.vpc-card').first().waitFor({ timeout: 20_000 })
    t.diagnostic(`500 VPCs drawn in ${Math.round(performance.now() - startedAtMs)} ms after signing in`)
    await page.getByText(/^[5-9]\d\d VPCs, /).waitFor()
    // All fit into the window; they are counted before the last of them is drawn.
    await page.locator('.vpc-card').nth(499).waitFor()
    // No two cards lie over each other.
    const boxes = await page
      .locator('.react-flow__node')
      .evaluateAll((cards) =>
        cards
          .map((card) => card.getBoundingClientRect())
          .map(({ left, right, top, bottom }) => [left, right, top, bottom]),
      )
    const covers = ([l = 0, r = 0, t = 0, b = 0]: number[], [l2 = 0, r2 = 0, t2 = 0, b2 = 0]: number[]) =>
      l < r2 && l2 < r && t < b2 && t2 < b
    for (const [index, one] of boxes.entries())
      assert.ok(!boxes.slice(index + 1).some((other) => covers(one, other)), `card ${index}`)

    await page.getByLabel('Find a VPC').selectOption({ label: 'team-7 · net-47' })
    const found = page.locator('.vpc-card-chosen')
    await found.getByText('net-47').waitFor()
    // Near enough to be read: its name is as high as a line of text.
    await page.waitForFunction(
      () => (document.querySelector('.vpc-card-chosen')?.getBoundingClientRect().height ?? 0) > 40,
    )
    assert.deepEqual(faults, [])
  })
})
