import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { type FastifyInstance, fastify } from 'fastify'
import { CONTENT_SECURITY_POLICY, consolePages } from '../../src/server/console.ts'
import { startService, type TestService } from '../rig/service.ts'

const BUILT = join(import.meta.dirname, '../../dist/console')

let service: TestService
before(async () => {
  service = await startService()
})
after(() => service.close())

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(service.url + path, {
    method,
    headers: { 'accept-encoding': 'identity', ...headers },
    redirect: 'manual',
  })

const asset = (ending: string) => {
  const name = readdirSync(join(BUILT, 'assets')).find(
    (file) => /^index-/.test(file) && file.endsWith(ending),
  )
  assert.ok(name, `no ${ending} was built`)
  return `/console/assets/${name}`
}

suite('the console, as it is served', () => {
  test('its headers, exactly', async () => {
    const response = await get('/console/')
    assert.equal(response.status, 200)
    const headers = Object.fromEntries(response.headers)
    for (const name of ['date', 'connection', 'keep-alive', 'content-length']) delete headers[name]
    assert.deepEqual(headers, {
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      vary: 'accept-encoding',
    })
    assert.ok(headers['content-security-policy'] === CONTENT_SECURITY_POLICY)
  })

  test('has nothing inline, and names nothing from elsewhere', async () => {
    const html = await (await get('/console/')).text()
    assert.doesNotMatch(html, /<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon\w+=|javascript:/i)
    const addresses = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address)
    assert.ok(addresses.length >= 3)
    for (const address of addresses) assert.match(address ?? '', /^\/console\//)
  })

  test('any page of its own is found by the browser; what looks like a file and is none is not', async () => {
    const home = await (await get('/console/')).text()
    for (const path of ['/console/peerings', '/console/peerings/some-id', '/console/nowhere?x=1']) {
      const response = await get(path)
      assert.deepEqual([response.status, await response.text()], [200, home])
    }
    const missing = await get('/console/assets/index-gone.js')
    assert.deepEqual(
      [missing.status, missing.headers.get('content-type')],
      [404, 'text/plain; charset=utf-8'],
    )
    for (const path of [
      '/console/../package.json',
      '/console/%2e%2e/package.json',
      '/console/..%2f..%2fpackage.json',
      '/console/assets/..%2f..%2f..%2fpackage.json',
    ]) {
      const response = await get(path)
      assert.ok(!(await response.text()).includes('devDependencies'), path)
    }
  })

  test('leads from the address without its stroke', async () => {
    const response = await get('/console')
    assert.deepEqual([response.status, response.headers.get('location')], [308, '/console/'])
    assert.equal((await get('/console?x=1')).headers.get('location'), '/console/?x=1')
    assert.notEqual((await get('/consoles')).status, 200)
  })

  test('each as small as the client can take it, and kept for good where its name says what is in it', async () => {
    const path = asset('.js')
    const plain = await get(path)
    const whole = Buffer.from(await plain.arrayBuffer())
    assert.equal(plain.headers.get('cache-control'), 'public, max-age=31536000, immutable')
    assert.equal(plain.headers.get('content-type'), 'text/javascript; charset=utf-8')
    assert.equal(plain.headers.get('content-encoding'), null)
    // `fetch` would take the encoding off by itself.
    const server = await serverOf(BUILT)
    const encoded = async (accepted: string) => {
      const { headers, rawPayload } = await server.inject({
        url: path,
        headers: { 'accept-encoding': accepted },
      })
      return { encoding: headers['content-encoding'], rawPayload }
    }
    const br = await encoded('gzip, deflate, br')
    assert.equal(br.encoding, 'br')
    assert.deepEqual(brotliDecompressSync(br.rawPayload), whole)
    const gzip = await encoded('gzip;q=0.8, br;q=0')
    assert.equal(gzip.encoding, 'gzip')
    assert.deepEqual(gunzipSync(gzip.rawPayload), whole)
    assert.equal((await encoded('deflate, gzip;q=0')).encoding, undefined)
    await server.close()
  })

  test('only reads', async () => {
    assert.equal((await get('/console/', {}, 'HEAD')).status, 200)
    assert.equal((await get('/console/', {}, 'POST')).status, 404)
  })
})

suite('a console that is not built', () => {
  test('says so, and is served as soon as it is', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'isthmus-console-'))
    const server = await serverOf(directory)
    try {
      const missing = await server.inject('/console/')
      assert.equal(missing.statusCode, 404)
      assert.equal(missing.body, 'The console is not built here: npm run build:console\n')
      mkdirSync(join(directory, 'assets'))
      writeFileSync(join(directory, 'index.html'), '<p>built</p>')
      writeFileSync(join(directory, 'index.html.gz'), gzipSync('<p>built</p>'))
      assert.equal((await server.inject('/console/')).body, '<p>built</p>')
    } finally {
      await server.close()
      rmSync(directory, { recursive: true })
    }
  })
})

async function serverOf(built: string): Promise<FastifyInstance> {
  const server = fastify()
  await server.register(consolePages, { built })
  return server
}
