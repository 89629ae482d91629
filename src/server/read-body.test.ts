import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { readBody } from './read-body.ts'

/** What a server reads of a request that `send` writes, and how many listeners it had for the pieces of its body. */
async function reading(send: (socket: Socket) => void) {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.on('error', () => {})
  try {
    send(socket)
    const [message] = (await once(server, 'request')) as [IncomingMessage]
    const read = readBody(message).then(
      (body) => ({ body: body.toString() }),
      (error: Error) => ({ error: error.message }),
    )
    let listeners = 0
    message.on('newListener', (event) => {
      if (event === 'data') listeners++
    })
    return { ...(await read), listeners }
  } finally {
    socket.destroy()
    server.close()
  }
}

const head = (length: number) => `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\n\r\n`

describe('the body of a request', () => {
  it('that comes with its headers is taken at once', async () => {
    const result = await reading((socket) => socket.write(`${head(5)}hello`))
    assert.deepEqual(result, { body: 'hello', listeners: 0 })
  })

  it('that comes later is put together', async () => {
    const result = await reading((socket) => {
      socket.write(`${head(10)}hello`)
      setTimeout(() => socket.write('world'), 50)
    })
    assert.deepEqual(result, { body: 'helloworld', listeners: 1 })
  })

  it('whose client hangs up is not waited for', { timeout: 5_000 }, async () => {
    const result = await reading((socket) => {
      socket.write(`${head(10)}hello`)
      setTimeout(() => socket.destroy(), 50)
    })
    assert.ok('error' in result)
  })
})
