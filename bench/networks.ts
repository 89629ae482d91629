import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fillHub, type Hub } from './fill-hub.ts'
import { fillStore, type Member } from './fill-store.ts'
import { type Answer, LoadGenerator, type Work } from './load-generator.ts'
import { type Figure, median } from './report.ts'
import { huaweiRequest, repeating } from './requests.ts'
import { type BenchServer, startIsthmus } from './servers.ts'
import { type BenchOptions, compare } from './workloads.ts'

const CLIENTS = 16
/** Peerings, and routes, of the VPC that has many, and of the one that has few. */
const [MANY, FEW] = [1_000, 10]

/** What a real client does around a peering, and what it costs when a VPC has many of them. */
export async function* runNetworks(options: BenchOptions): AsyncGenerator<Figure> {
  const root = mkdtempSync(join(tmpdir(), 'isthmus-bench-'))
  try {
    yield await workflows(join(root, 'workflows'), options)
    yield* lists(join(root, 'lists'), options)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

async function workflows(directory: string, options: BenchOptions): Promise<Figure> {
  options.onProgress('whole workflows of two tenants')
  const { askers, answerers } = fillStore(directory, CLIENTS * 1_000, () => {})
  const server = await startIsthmus(directory, null)
  try {
    const rates: number[] = []
    for (let round = -1; round < options.rounds; round++) {
      const generator = await LoadGenerator.open(server.url, CLIENTS)
      let turn = 0
      const next = (): Work => {
        const index = turn++ % CLIENTS
        const [asker, answerer] = [askers[index], answerers[index]]
        if (!asker || !answerer) throw new Error('no such tenants')
        return workflow(server.host, asker, answerer)
      }
      const rate = await generator.run(options.roundMs, next)
      generator.close()
      if (round >= 0) rates.push(rate)
    }
    return {
      work: 'whole workflow of two tenants, durable, 16 clients',
      measured: median(rates),
      unit: '/s',
      yardstick: '',
      yardstickMeasured: null,
      ratio: null,
      atLeast: null,
    }
  } finally {
    await server.stop()
  }
}

let made = 0

/** Two VPCs, a request, its acceptance, a route each way, everything read, everything taken down: 17 requests. */
function workflow(host: string, asker: Member, answerer: Member): Work {
  return async (send) => {
    const call = async (member: Member, status: number, method: string, target: string, body?: object) => {
      const text = body ? JSON.stringify(body) : ''
      const answer = await send(huaweiRequest(host, member, method, target, text))
      return parse(answer, status)
    }
    const project = (member: Member) => Object.values(member.tenant.huawei.projects)[0] ?? ''
    const vpc = async (member: Member, cidr: string) => {
      const body = { vpc: { name: `workflow-${process.pid}-${made++}`, cidr } }
      return (await call(member, 200, 'POST', `/v1/${project(member)}/vpcs`, body))['vpc'] as { id: string }
    }
    const [ours, theirs] = [await vpc(asker, '10.1.0.0/16'), await vpc(answerer, '10.2.0.0/16')]
    const asked = await call(asker, 201, 'POST', '/v2.0/vpc/peerings', {
      peering: {
        name: 'workflow',
        request_vpc_info: { vpc_id: ours.id },
        accept_vpc_info: { vpc_id: theirs.id, tenant_id: project(answerer) },
      },
    })
    const { id } = asked['peering'] as { id: string }
    await call(answerer, 200, 'GET', `/v2.0/vpc/peerings/${id}`)
    await call(answerer, 200, 'PUT', `/v2.0/vpc/peerings/${id}/accept`)
    await call(asker, 200, 'GET', `/v2.0/vpc/peerings/${id}`)
    const route = async (member: Member, vpcId: string, destination: string) => {
      const body = { route: { type: 'peering', nexthop: id, destination, vpc_id: vpcId } }
      return (await call(member, 201, 'POST', '/v2.0/vpc/routes', body))['route'] as { id: string }
    }
    const routes = [
      [asker, (await route(asker, ours.id, '10.2.0.0/16')).id],
      [answerer, (await route(answerer, theirs.id, '10.1.0.0/16')).id],
    ] as const
    for (const [member, routeId] of routes) await call(member, 200, 'GET', `/v2.0/vpc/routes/${routeId}`)
    for (const [member, routeId] of routes) await call(member, 204, 'DELETE', `/v2.0/vpc/routes/${routeId}`)
    await call(asker, 204, 'DELETE', `/v2.0/vpc/peerings/${id}`)
    await call(asker, 404, 'GET', `/v2.0/vpc/peerings/${id}`)
    await call(asker, 204, 'DELETE', `/v1/${project(asker)}/vpcs/${ours.id}`)
    await call(answerer, 204, 'DELETE', `/v1/${project(answerer)}/vpcs/${theirs.id}`)
  }
}

function parse({ status, body }: Answer, wanted: number): Record<string, unknown> {
  if (status !== wanted) throw new Error(`answered ${status}, not ${wanted}: ${body}`)
  return body === '' ? {} : (JSON.parse(body) as Record<string, unknown>)
}

/** Lists of a VPC with many peerings and routes against those of one with few, per item that is answered. */
async function* lists(directory: string, options: BenchOptions): AsyncGenerator<Figure> {
  const hubs = fillHub(directory, [MANY, FEW])
  const [many, few] = hubs
  if (!many || !few) throw new Error('no hubs')
  const server = await startIsthmus(directory, null)
  try {
    for (const [name, path] of [
      ['peerings', '/v2.0/vpc/peerings'],
      ['routes', '/v2.0/vpc/routes'],
    ] as const) {
      const label = `list ${name} of a VPC with ${MANY}, per item`
      options.onProgress(label)
      const side = (hub: Hub) => ({
        server,
        round: () => listing(server, hub, `${path}?vpc_id=${hub.vpc.id}`),
      })
      const { measured, yardstickMeasured, ratio } = await compare(options, side(many), side(few))
      yield {
        work: label,
        measured: measured * MANY,
        unit: 'items/s',
        yardstick: `with ${FEW}`,
        yardstickMeasured: yardstickMeasured * FEW,
        ratio: (ratio * MANY) / FEW,
        atLeast: 0.67,
      }
    }
  } finally {
    await server.stop()
  }
}

function listing({ host }: BenchServer, { owner }: Hub, target: string): () => Work {
  return repeating([huaweiRequest(host, owner, 'GET', target)], 200)
}
