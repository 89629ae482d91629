import type { TestContext } from 'node:test'
import type { TestService } from '../rig/service.ts'

/** Closed once, whether the test does it or not. */
export function closedAfter(t: TestContext, service: TestService): void {
  const close = service.close.bind(service)
  let closing: Promise<void> | null = null
  service.close = () => {
    closing ??= close()
    return closing
  }
  t.after(() => service.close())
}
