import { createServer } from 'node:http'

/**
 * The yardstick: Node's own HTTP server, answering the bytes it was given after it has read the request, and nothing
 * else. The status and the body are its arguments; its address is its one line of output.
 */
const [status = '200', body = ''] = process.argv.slice(2)
const bytes = Buffer.from(body)

const server = createServer((request, response) => {
  const answer = () => {
    response.writeHead(Number(status), { 'content-type': 'application/json', 'content-length': bytes.length })
    response.end(bytes)
  }
  if (request.method === 'GET') answer()
  else {
    request.on('data', () => {})
    request.on('end', answer)
  }
})
server.keepAliveTimeout = 65_000
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.stdout.write(`ready http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}\n`)
})
