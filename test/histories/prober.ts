import { createSocket } from 'node:dgram'
import { createInterface } from 'node:readline'

/*
 * Lives in the namespace of a workload, which has the number of its first argument: sends to the other arguments, by turns,
 * for as long as it is there, and notes what it receives. For each line of input it says what it has received since the last.
 */

const PORT = 7_007
const ROUND_INTERVAL_MS = 20

const [number = '', ...targets] = process.argv.slice(2)
/** The clock of the machine, the same for every process. */
const nowUs = () => Number(process.hrtime.bigint() / 1_000n)

let rounds = 0
let received: [from: number, address: string, sentUs: number, receivedUs: number][] = []

const sockets = { 4: createSocket('udp4'), 6: createSocket({ type: 'udp6', ipv6Only: true }) }
for (const socket of Object.values(sockets)) {
  socket.on('message', (bytes) => {
    const [from, address = '', sentUs] = bytes.toString().split(' ')
    received.push([Number(from), address, Number(sentUs), nowUs()])
  })
  socket.on('error', () => {})
  await new Promise<void>((resolve) => socket.bind(PORT, resolve))
}

setInterval(() => {
  rounds++
  for (const target of targets) {
    // That there is no way there is what is to be found out.
    sockets[target.includes(':') ? 6 : 4].send(`${number} ${target} ${nowUs()}`, PORT, target, () => {})
  }
}, ROUND_INTERVAL_MS)

const lines = createInterface(process.stdin)
lines.on('line', () => {
  console.log(JSON.stringify({ rounds, received }))
  received = []
})
// Whoever started it is gone.
lines.on('close', () => process.exit())
console.log('ready')
