import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { App } from '../app/index.ts'
import type { Outcome } from '../dialects/dialect.ts'
import { createHttpServer } from './http.ts'

test('a native API that cannot be opened is a fault of the service, and the next request tries again', async (t) => {
  const outcomes: Outcome[] = []
  let tries = 0
  const server = createHttpServer({
    app: {} as App,
    onServed: (_message, _dialect, outcome) => outcomes.push(outcome),
    native: async () => {
      if (++tries === 1) throw new Error('a file is missing')
      return (_message, response) => response.end('there')
    },
    tracing: null,
  })
  await server.listen({ host: '127.0.0.1', port: 0 })
  t.after(() => server.close())
  const url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}/isthmus/v1/vpcs`
  const first = await fetch(url)
  assert.equal(first.status, 500)
  assert.equal(((await first.json()) as { code: string }).code, 'service.internal')
  assert.deepEqual(
    outcomes.map(({ failure, fault }) => [failure?.code, String(fault)]),
    [['service.internal', 'Error: a file is missing']],
  )
  assert.equal(await (await fetch(url)).text(), 'there')
})
