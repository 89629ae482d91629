import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import type { BrowserContextOptions } from 'playwright-core'
import { hasChromium, openBrowser, openWindow, settled, signIn } from '../rig/browser.ts'
import { finds, requires } from '../rig/requirements.ts'
import { ADMIN_TOKEN, native, startService } from '../rig/service.ts'

/** Pictures of the console for the documentation: `npm run pictures`. Otherwise the tree is left as it is. */
const wanted = process.env['ISTHMUS_PICTURES'] === '1'
const PICTURES = join(import.meta.dirname, '../../docs/pictures')

interface Shot {
  readonly file: string
  readonly path: string
  readonly options?: BrowserContextOptions
  /** What is drawn last; a selector. */
  readonly waitsFor?: string
}

/** Two companies and what is between them: made up, and enough to see what each page is for. */
async function furnish(service: { url: string }) {
  const call = async (token: string, method: string, path: string, body?: unknown) =>
    (await native(service, token, method, path, body)).body as { id: string; accessKeys: { token: string }[] }
  const tenant = async (name: string) =>
    (await call(ADMIN_TOKEN, 'POST', '/tenants', { name })).accessKeys[0]?.token ?? ''
  const [here, there, other] = [
    await tenant('northwind'),
    await tenant('harbour-labs'),
    await tenant('delta-pay'),
  ]
  const vpc = async (token: string, name: string, ...cidrs: string[]) =>
    (await call(token, 'POST', '/vpcs', { name, region: 'region-a', cidrs })).id
  const production = await vpc(here, 'production', '10.20.0.0/16', 'fd20::/48')
  const lake = await vpc(here, 'data lake', '10.21.0.0/16')
  const [analytics, builds] = [
    await vpc(there, 'analytics', '10.40.0.0/16'),
    await vpc(there, 'builds', '172.16.8.0/22'),
  ]
  const [ledger, edge] = [
    await vpc(other, 'ledger', '10.21.128.0/17'),
    await vpc(other, 'edge', '10.44.0.0/16'),
  ]
  const ask = async (
    token: string,
    requesterVpc: string,
    accepterVpc: string,
    name: string,
    description = '',
  ) => (await call(token, 'POST', '/peerings', { requesterVpc, accepterVpc, name, description })).id
  const report = 'Read replicas for the quarterly report; 10.20.4.0/24 is all we need.'
  await ask(there, analytics, production, 'analytics to production', report)
  await ask(other, ledger, lake, 'ledger to data lake')
  const active = await ask(other, edge, production, 'edge to production')
  await call(here, 'POST', `/peerings/${active}/accept`, { reason: 'Agreed in the architecture review.' })
  const refused = await ask(here, production, builds, 'production to builds')
  await call(there, 'POST', `/peerings/${refused}/reject`, { reason: 'Not before the audit is done.' })
  await call(here, 'POST', `/vpcs/${production}/subnets`, { cidr: '10.20.1.0/24', name: 'web' })
  await call(other, 'POST', `/vpcs/${edge}/subnets`, { cidr: '10.44.1.0/24', name: 'proxies' })
  await call(here, 'POST', `/vpcs/${production}/routes`, { destination: '10.44.0.0/16', peering: active })
  return { token: here, active, production, edge }
}

suite('pictures of the console', () => {
  test('as they are now', async (t) => {
    if (!finds(t, 'anybody who asked for pictures (ISTHMUS_PICTURES=1)', wanted)) return
    if (!requires(t, 'Chromium', hasChromium)) return
    mkdirSync(PICTURES, { recursive: true })
    const service = await startService({
      bootstrap: { regions: [{ name: 'region-a' }], tenants: [], vpcs: [] },
    })
    t.after(() => service.close())
    const { token, active, production, edge } = await furnish(service)
    const dark = { colorScheme: 'dark' } as const
    const shots: readonly Shot[] = [
      { file: 'console-inbox', path: '/' },
      { file: 'console-inbox-dark-zh', path: '/', options: { ...dark, locale: 'zh-CN' } },
      { file: 'console-inbox-narrow', path: '/', options: { viewport: { width: 375, height: 812 } } },
      { file: 'console-peerings', path: '/peerings' },
      { file: 'console-peering', path: `/peerings/${active}` },
      { file: 'console-topology', path: '/topology', waitsFor: '.react-flow__edge.line-agreed' },
      { file: 'console-networks', path: '/networks' },
      { file: 'console-explain', path: `/explain?from=${production}&to=${edge}` },
      { file: 'console-events-dark', path: '/events', options: dark },
    ]
    const browser = await openBrowser()
    t.after(() => browser.close())
    for (const { file, path, options, waitsFor } of shots) {
      const { page } = await openWindow(browser, options)
      await signIn(page, service, token, path)
      await settled(page)
      if (waitsFor) await page.locator(waitsFor).waitFor({ state: 'attached' })
      await page.screenshot({ path: join(PICTURES, `${file}.png`) })
      await page.context().close()
    }
  })
})
