import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { bearerToken } from '../../src/dialects/native/codec.ts'
import type { TestTenant } from './tenants.ts'

/** Where Debian's package puts it. */
export const CHROMIUM = process.env['ISTHMUS_TEST_CHROMIUM'] ?? '/usr/bin/chromium'

/** Whether there is a Chromium to test with. */
export const hasChromium = existsSync(CHROMIUM)

/** A Chromium of its own, with nothing remembered, that talks to nobody but who is visited. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** A window of somebody's, apart from all others, and what was noticed in it. */
export interface Window {
  readonly page: Page
  /** Errors that a page threw, and what the browser complained about: a breach of the policy, say. */
  readonly faults: string[]
  /** Every address that was asked for. */
  readonly requests: string[]
}

/** Of waiting for what must come: long enough for a machine that does much else. */
const TIMEOUT_MS = 60_000

/** Complaints about answers that a test provokes; everything else counts. */
const EXPECTED = /Failed to load resource/

export async function openWindow(browser: Browser, options: BrowserContextOptions = {}): Promise<Window> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 860 },
    locale: 'en-GB',
    ...options,
  })
  context.setDefaultTimeout(TIMEOUT_MS)
  const page = await context.newPage()
  const [faults, requests]: [string[], string[]] = [[], []]
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error' && !EXPECTED.test(message.text())) faults.push(message.text())
  })
  page.on('request', (request) => requests.push(request.url()))
  return { page, faults, requests }
}

/** What a tenant signs in with. */
export const tokenOf = ({ key }: TestTenant) => bearerToken(key.id, key.secret)

/** Goes to a page of the console, and signs in there. */
export async function signIn(page: Page, service: { url: string }, token: string, path = '/'): Promise<void> {
  await page.goto(`${service.url}/console${path}`)
  await page.locator('input[name=token]').fill(token)
  await page.keyboard.press('Enter')
  await page.locator('main h1').first().waitFor()
  await page.locator('.account').waitFor()
}

/** Waits until the page has all it asked for, and is connected: the event stream keeps the network from ever being idle. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main h1').first().waitFor()
  await page.locator('.account-light-live').waitFor()
  await page
    .locator('main')
    .getByText(/^(Loading…|正在加载…)$/)
    .first()
    .waitFor({ state: 'detached' })
}
