import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, it } from 'node:test'
import { ConnectionLostError, OverloadedError, ProtocolError, RpcError, UnavailableError } from './errors.ts'
import { MessageSplitter } from './framing.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { type Listener, listen, until } from './ovsdb.fixtures.ts'
import { type Json, RpcConnection, type RpcLimits } from './rpc.ts'

interface Heard {
  readonly method?: string
  readonly params?: Json
  readonly result?: Json
  readonly error?: Json
  readonly id: Json
}

describe('a JSON-RPC connection', () => {
  const opened: { rpc: RpcConnection; listener: Listener }[] = []
  afterEach(async () => {
    for (const { rpc, listener } of opened.splice(0)) {
      rpc.destroy(new Error('the test is over'))
      await listener.close()
    }
  })

  /** A connection to a server that does what `serve` says with each message. */
  async function open(
    serve: (message: Heard, socket: Socket) => void,
    limits: Partial<RpcLimits> = {},
    stalled = false,
  ) {
    const heard: Heard[] = []
    const listener = await listen((socket) => {
      const splitter = new MessageSplitter(1_000_000)
      if (stalled) socket.pause()
      else {
        socket.on('data', (chunk: Buffer) => {
          for (const text of splitter.push(chunk)) {
            const message = JSON.parse(text) as Heard
            heard.push(message)
            serve(message, socket)
          }
        })
      }
    })
    const stream = connect(listener.port, '127.0.0.1')
    const rpc = new RpcConnection(stream, { ...DEFAULT_LIMITS, ...limits })
    opened.push({ rpc, listener })
    await until(() => listener.sockets.size === 1, 'the server was reached')
    return { rpc, heard, stream, send: (bytes: string | Buffer) => [...listener.sockets][0]?.write(bytes) }
  }
  const answer = (message: Heard, result: Json) => JSON.stringify({ id: message.id, result, error: null })
  const same = (result: Json) => result

  it('gives each request its own answer, in whatever order they come', async () => {
    const held: Heard[] = []
    const { rpc } = await open((message, socket) => {
      held.push(message)
      if (held.length === 2)
        for (const each of held.reverse()) socket.write(answer(each, each.params ?? null))
    })
    const calls = [rpc.call('a', [1], 1_000, same), rpc.call('b', [2], 1_000, same)]
    assert.deepEqual(await Promise.all(calls), [[1], [2]])
  })

  it('hands an answer over before what follows it, though both come at once', async () => {
    const { rpc } = await open((message, socket) => {
      socket.write(`${answer(message, 'first')}{"method":"update","params":["second"],"id":null}`)
    })
    const order: Json[] = []
    rpc.onNotification = (_method, params) => order.push(...params)
    await rpc.call('monitor', [], 1_000, (result) => order.push(result))
    await until(() => order.length === 2, 'both came')
    assert.deepEqual(order, ['first', 'second'])
  })

  it('says what the server said where it refuses', async () => {
    const errors: Json[] = ['unknown method', { error: 'unknown database', details: 'no such' }]
    const { rpc } = await open((message, socket) => {
      socket.write(JSON.stringify({ id: message.id, result: null, error: errors.shift() ?? null }))
    })
    await assert.rejects(rpc.call('x', [], 1_000, same), { name: RpcError.name, reason: 'unknown method' })
    await assert.rejects(rpc.call('y', [], 1_000, same), {
      reason: 'unknown database',
      message: 'y: unknown database (no such)',
    })
    assert.equal(await rpc.call('z', [], 1_000, same), null)
  })

  it('answers the server, and knows nothing but echo', async () => {
    const { heard, send } = await open(() => {})
    send('{"method":"echo","params":["ü",1],"id":"a"} {"method":"reboot","params":[],"id":7}')
    await until(() => heard.length === 2, 'both were answered')
    assert.deepEqual(heard, [
      { id: 'a', result: ['ü', 1], error: null },
      { id: 7, result: null, error: 'unknown method' },
    ])
  })

  it('asks a silent server whether it is there, and gives up the one that is not', async () => {
    let deaf = false
    const probeIntervalMs = 40
    const { rpc, heard } = await open(
      (message, socket) => {
        if (!deaf) socket.write(answer(message, []))
      },
      { probeIntervalMs },
    )
    await until(() => heard.length >= 3, 'it was asked three times')
    assert.equal(rpc.lost, null)
    assert.deepEqual(heard[0], { method: 'echo', params: [], id: 'echo' })
    deaf = true
    const deafSinceMs = performance.now()
    const call = assert.rejects(rpc.call('x', [], 10_000, same), ConnectionLostError)
    assert.equal((await rpc.ended).message, 'the server is silent')
    await call
    assert.ok(performance.now() - deafSinceMs >= probeIntervalMs)
  })

  it('gives up a server that does not answer a request in time', async () => {
    const { rpc } = await open(() => {})
    const other = assert.rejects(rpc.call('y', [], 10_000, same), ConnectionLostError)
    await assert.rejects(rpc.call('x', [], 30, same), {
      name: ConnectionLostError.name,
      message: 'x: x was not answered within 30 ms',
    })
    await other
    await assert.rejects(rpc.call('z', [], 30, same), UnavailableError)
  })

  it('is given up by what is no JSON-RPC, before it believes anything that follows', async () => {
    const cases: [string | Buffer, string][] = [
      ['SSH-2.0-OpenSSH_9.2\r\n', 'what was received is not JSON-RPC'],
      ['{"id":1,"result":nonsense}', 'a message is not JSON'],
      ['{"id":1,"result":]}', 'a message is not JSON'],
      ['{"id":99,"result":1,"error":null}', 'an answer to no request'],
      ['{"id":{},"result":1}', 'an answer to no request'],
      ['{}', 'an answer to no request'],
      ['{"method":"update","id":null}', 'update came without parameters'],
      [Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d]), 'a message is not UTF-8'],
      [`{"a":"${'x'.repeat(2_000)}`, 'a message is longer than 1000 bytes'],
    ]
    for (const [bytes, reason] of cases) {
      const { rpc, send, heard } = await open(() => {}, { messageBytesMax: 1_000 })
      let believed = false
      const call = rpc.call('x', [], 10_000, () => {
        believed = true
      })
      const rejected = assert.rejects(call, ConnectionLostError)
      await until(() => heard.length === 1, 'it was asked')
      send(Buffer.concat([Buffer.from(bytes), Buffer.from('{"id":1,"result":1,"error":null}')]))
      const error = await rpc.ended
      await rejected
      assert.deepEqual([error.name, error.message], [ProtocolError.name, reason])
      assert.equal(believed, false)
    }
  })

  it('takes an answer that cannot be read for none', async () => {
    const { rpc } = await open((message, socket) => {
      socket.write(answer(message, 'odd'))
    })
    const read = () => {
      throw new ProtocolError('unreadable')
    }
    await assert.rejects(rpc.call('x', [], 1_000, read), {
      name: ConnectionLostError.name,
      message: 'x: unreadable',
    })
    assert.equal((await rpc.ended).message, 'unreadable')
  })

  it('keeps no more waiting than it may: requests, what one holds, what the server does not read', async () => {
    const few = await open(() => {}, { requestsMax: 2 })
    for (const method of ['a', 'b']) few.rpc.call(method, [], 10_000, same).catch(() => {})
    await assert.rejects(few.rpc.call('c', [], 10_000, same), OverloadedError)

    const small = await open((message, socket) => socket.write(answer(message, 1)), { messageBytesMax: 100 })
    await assert.rejects(small.rpc.call('a', ['x'.repeat(100)], 10_000, same), OverloadedError)
    assert.equal(await small.rpc.call('a', [], 10_000, same), 1)

    const queuedBytesMax = 1_000_000
    const stalled = await open(() => {}, { queuedBytesMax, requestsMax: 100_000 }, true)
    const outcomes = { sent: 0, refused: 0 }
    for (let index = 0; index < 1_000; index++) {
      stalled.rpc.call('a', ['x'.repeat(100_000)], 10_000, same).catch((error: Error) => {
        if (error instanceof OverloadedError) outcomes.refused++
      })
      outcomes.sent++
    }
    await until(() => outcomes.refused > 0, 'some were refused')
    assert.ok(outcomes.refused > 900, `${outcomes.refused} of ${outcomes.sent}`)
    assert.ok(stalled.stream.writableLength <= queuedBytesMax)
  })
})
