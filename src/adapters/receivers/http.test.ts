import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, afterEach, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { hasProgram, requires } from '../../../test/rig/requirements.ts'
import { parseNetworkRules } from '../../domain/receiver-networks.ts'
import { httpReceivers } from './http.ts'

const HERE = parseNetworkRules('127.0.0.0/8,::1/128')
const never = new AbortController().signal
const patient = { networks: HERE, timeoutMs: 5_000 }

let servers: Server[] = []
afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  servers = []
})

async function listening(server: Server): Promise<number> {
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const receiver = (answer: RequestListener) => listening(createServer(answer))

describe('a request to a receiver', () => {
  it('carries what it is given, and its answer is the status', async () => {
    let seen: unknown
    const port = await receiver(async (request, response) => {
      const { method, url, headers } = request
      seen = [method, url, headers['x-one'], headers['content-length'], headers.host, await text(request)]
      response.writeHead(207).end('something')
    })
    const status = await httpReceivers(patient).post(
      `http://127.0.0.1:${port}/a?b=c`,
      { 'x-one': '1' },
      'déjà vu',
      never,
    )
    assert.equal(status, 207)
    assert.deepEqual(seen, ['POST', '/a?b=c', '1', '9', `127.0.0.1:${port}`, 'déjà vu'])
  })

  it('follows no redirect', async () => {
    let visits = 0
    const port = await receiver((request, response) => {
      visits++
      response.writeHead(302, { location: `http://${request.headers.host}/elsewhere` }).end()
    })
    assert.equal(await httpReceivers(patient).post(`http://127.0.0.1:${port}/`, {}, '', never), 302)
    assert.equal(visits, 1)
  })

  it('reads no more of the answer than a little', async () => {
    let written = 0
    const port = await receiver((_request, response) => {
      response.writeHead(200)
      const chunk = Buffer.alloc(1024 * 1024)
      const more = () => {
        while (!response.destroyed && response.write(chunk)) written += chunk.length
      }
      response.on('drain', more)
      more()
    })
    assert.equal(await httpReceivers(patient).post(`http://127.0.0.1:${port}/`, {}, '', never), 200)
    assert.ok(written < 64 * 1024 * 1024, String(written))
  })

  it('has its time, from beginning to end', async () => {
    const silent = await receiver(() => {})
    const receivers = httpReceivers({ ...patient, timeoutMs: 100 })
    const late = { message: 'there was no answer within 100 ms' }
    await assert.rejects(receivers.post(`http://127.0.0.1:${silent}/`, {}, '', never), late)
    // One that says that it took it, and then goes on without end, has taken it.
    const trickling = await receiver((_request, response) => {
      response.writeHead(204).flushHeaders()
      const timer = setInterval(() => response.write('.'), 10)
      response.on('close', () => clearInterval(timer))
    })
    assert.equal(await receivers.post(`http://127.0.0.1:${trickling}/`, {}, '', never), 204)
  })

  it('is broken off when it is told to', async () => {
    const stop = new AbortController()
    const port = await receiver(() => stop.abort())
    const startedMs = performance.now()
    await assert.rejects(httpReceivers(patient).post(`http://127.0.0.1:${port}/`, {}, '', stop.signal))
    assert.ok(performance.now() - startedMs < 2_000)
  })
})

describe('an address where no receiver may be', () => {
  const refused = { message: /^the operator allows no receivers at / }
  const strict = httpReceivers({ networks: [], timeoutMs: 5_000 })

  it('is not connected to, whatever it is called', async () => {
    let connections = 0
    const server = createServer((_request, response) => response.end())
    server.on('connection', () => connections++)
    const port = await listening(server)
    const urls = [
      'localhost',
      '127.0.0.1',
      '2130706433',
      '0x7f000001',
      '127.1',
      '[::ffff:127.0.0.1]',
      '0.0.0.0',
    ].map((host) => `http://${host}:${port}/`)
    for (const url of urls) await assert.rejects(strict.post(url, {}, '', never), refused, url)
    assert.equal(connections, 0)
    // The same, where the operator allows it.
    assert.equal(await httpReceivers(patient).post(`http://localhost:${port}/`, {}, '', never), 200)
    assert.equal(connections, 1)
  })
})

describe('a name', () => {
  it('is looked up each time, and what it stands for then is judged', async () => {
    const port = await receiver((_request, response) => response.end())
    let address = '127.0.0.1'
    const receivers = httpReceivers({
      networks: parseNetworkRules('127.0.0.1/32'),
      timeoutMs: 5_000,
      lookup: (_hostname, _options, callback) => callback(null, [{ address, family: 4 }]),
    })
    const url = `http://receiver.example:${port}/`
    assert.equal(await receivers.post(url, {}, '', never), 200)
    address = '127.0.0.2'
    const refused = { message: 'the operator allows no receivers at 127.0.0.2' }
    await assert.rejects(receivers.post(url, {}, '', never), refused)
    address = '127.0.0.1'
    assert.equal(await receivers.post(url, {}, '', never), 200)
  })

  it('of one’s own choice among several stands for those where receivers may be', async () => {
    let asked = 0
    const port = await receiver((_request, response) => {
      asked++
      response.end()
    })
    const found = ['169.254.169.254', '127.0.0.1', '0.0.0.0'].map((address) => ({ address, family: 4 }))
    const receivers = httpReceivers({
      ...patient,
      lookup: (_name, _options, callback) => callback(null, found),
    })
    assert.equal(await receivers.post(`http://receiver.example:${port}/`, {}, '', never), 200)
    assert.equal(asked, 1)
  })

  it('that is never found keeps no more than so many look-ups waiting', async () => {
    let lookups = 0
    const receivers = httpReceivers({ ...patient, timeoutMs: 50, lookup: () => lookups++ })
    const post = () => receivers.post('http://receiver.example/', {}, '', never)
    const outcomes = await Promise.allSettled(Array.from({ length: 70 }, post))
    assert.equal(outcomes.filter(({ status }) => status === 'rejected').length, 70)
    assert.equal(lookups, 64)
    await assert.rejects(post(), { message: 'the request failed: too many names are being looked up' })
  })
})

describe('a receiver with a certificate', () => {
  let directory: string
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'isthmus-'))
  })
  after(() => rmSync(directory, { recursive: true }))

  it('is told if it is trusted, and only then', async (test) => {
    if (!requires(test, 'openssl', hasProgram('openssl'))) return
    const [key, certificate] = [join(directory, 'key.pem'), join(directory, 'certificate.pem')]
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
    const files = ['-keyout', key, '-out', certificate]
    const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
    await promisify(execFile)('openssl', ['req', '-x509', ...made, ...subject, ...files])
    const pair = { key: readFileSync(key), cert: readFileSync(certificate) }
    const port = await listening(createSecureServer(pair, (_request, response) => response.end()))
    const url = `https://localhost:${port}/`
    const authorities = readFileSync(certificate, 'utf8')
    assert.equal(await httpReceivers({ ...patient, authorities }).post(url, {}, '', never), 200)
    const untrusted = httpReceivers(patient).post(url, {}, '', never)
    await assert.rejects(untrusted, { message: 'the request failed: DEPTH_ZERO_SELF_SIGNED_CERT' })
    const misnamed = httpReceivers({ ...patient, authorities }).post(
      `https://127.0.0.1:${port}/`,
      {},
      '',
      never,
    )
    await assert.rejects(misnamed, { message: 'the request failed: ERR_TLS_CERT_ALTNAME_INVALID' })
  })
})
