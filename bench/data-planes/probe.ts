import { createSocket } from 'node:dgram'
import { createInterface } from 'node:readline'
import { monotonicMs } from './monotonic.ts'

/*
 * A program in the namespace of a workload. `echo` sends back whatever comes. `ask` sends to the address that its input
 * named last, all the time, and says when it begins and when it ceases to be answered:
 *
 *     heard MS      the first answer after a silence, or after another address was named
 *     silent MS     nothing since the answer that came then
 */

const PORT = 7_007
const INTERVAL_MS = 0.4
const SILENCE_MS = 30

const socket = createSocket(process.argv[3] === '6' ? 'udp6' : 'udp4')
socket.bind(PORT, process.argv[2] === 'ask' ? ask : echo)

function echo(): void {
  socket.on('message', (message, from) => socket.send(message, from.port, from.address, () => {}))
  process.stdout.write('ready\n')
}

function ask(): void {
  const packet = Buffer.from('?')
  let target = ''
  let heardMs: number | null = null
  socket.on('message', (_, { address }) => {
    if (address !== target) return
    const nowMs = monotonicMs()
    if (heardMs === null) process.stdout.write(`heard ${nowMs}\n`)
    heardMs = nowMs
  })
  createInterface(process.stdin).on('line', (address) => {
    target = address
    heardMs = null
  })
  const pause = new Int32Array(new SharedArrayBuffer(4))
  const turn = () => {
    if (heardMs !== null && monotonicMs() - heardMs > SILENCE_MS) {
      process.stdout.write(`silent ${heardMs}\n`)
      heardMs = null
    }
    if (target === '') setTimeout(turn, 5)
    else {
      // Where there is no way yet, that is what is to be found out.
      socket.send(packet, PORT, target, () => {})
      // A timer is not fine enough.
      Atomics.wait(pause, 0, 0, INTERVAL_MS)
      setImmediate(turn)
    }
  }
  turn()
  process.stdout.write('ready\n')
}

// Whoever started it is gone.
process.stdin.on('end', () => process.exit())
process.stdin.resume()
