import { Type } from 'typebox'
import { type Caller, requireOperator } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import type { Port as PortPart } from '../../../domain/network.ts'
import { encodePort, encodeRealization } from '../codec.ts'
import { pageOf, windowOf } from '../page.ts'
import { route } from '../route.ts'
import { DryRun, Id, NewPort, Page, Port, Realization } from '../schemas.ts'

const PortId = Type.Object({ ...Id.properties, port: Type.String({ maxLength: 64 }) })

/** How long the answer waits for the interface, which is there within milliseconds where the network is well. */
const PLUGGING_MS_MAX = 5_000
const LOOK_AGAIN_MS = 10

export const createPort = route({
  method: 'POST',
  path: '/vpcs/:id/ports',
  summary: 'Make a place to plug a workload into a subnet; the answer says how to plug it',
  status: 201,
  schemas: { params: Id, querystring: DryRun, body: NewPort, answer: Port },
  async perform({ app, caller, params, body }) {
    const { subnet, address = null, namespace = null } = body
    // What is in the namespaces of this machine is not any tenant's.
    if (namespace !== null) requireOperator(caller, 'plug into a namespace that is there already')
    const port = await app.createPort(caller, { vpc: params.id, subnet, address, namespace })
    if (!caller.dryRun) await realized(app, port)
    return describe(app, caller, port)
  },
})

export const listPorts = route({
  method: 'GET',
  path: '/vpcs/:id/ports',
  summary: 'List the ports of a VPC',
  status: 200,
  schemas: {
    params: Id,
    querystring: Type.Object(Page),
    answer: Type.Object({ ports: Type.Array(Port), next: Type.Union([Type.String(), Type.Null()]) }),
  },
  async perform({ app, caller, params, query }) {
    const vpc = await app.showVpc(caller, params)
    const { items } = await app.listPorts(caller, { vpcs: [vpc.id], ...windowOf(query) })
    const { page, next } = pageOf(items, query, ({ id }) => id)
    return { ports: await Promise.all(page.map((port) => describe(app, caller, port))), next }
  },
})

export const deletePort = route({
  method: 'DELETE',
  path: '/vpcs/:id/ports/:port',
  summary: 'Take a port away',
  status: 204,
  schemas: { params: PortId, querystring: DryRun, answer: null },
  async perform({ app, caller, params }) {
    await app.deletePort(caller, { vpc: params.id, id: params.port })
  },
})

export const showRealization = route({
  method: 'GET',
  path: '/peerings/:id/realization',
  summary: 'How far the network has come with a peering, and when packets were last seen to agree',
  status: 200,
  schemas: { params: Id, answer: Realization },
  perform: async ({ app, caller, params }) => encodeRealization(await app.showRealization(caller, params)),
})

export const listRealizations = route({
  method: 'GET',
  path: '/realizations',
  summary:
    'How far the network has come with each peering one takes part in; none where no network is driven',
  status: 200,
  schemas: {
    querystring: Type.Object(Page),
    answer: Type.Object({
      realizations: Type.Array(Type.Object({ peering: Type.String(), ...Realization.properties })),
      next: Type.Union([Type.String(), Type.Null()]),
    }),
  },
  async perform({ app, caller, query }) {
    const { items } = await app.trackPeerings(caller, { order: 'id', ...windowOf(query) })
    const { page, next } = pageOf(items, query, ({ peering }) => peering.id)
    const realizations = page.flatMap(({ peering, realization }) =>
      realization ? [{ peering: peering.id, ...encodeRealization(realization) }] : [],
    )
    return { realizations, next }
  },
})

async function describe(app: App, caller: Caller, port: PortPart) {
  const subnet = await app.showSubnet(caller, { id: port.subnet })
  return encodePort(port, subnet, await app.context.dataPlane.attachmentOf(port.id))
}

/** Waits until the network has taken up the VPC that `port` is in; whichever replica does it. */
async function realized(app: App, port: PortPart): Promise<void> {
  const { store, dataPlane } = app.context
  if (dataPlane.name === 'none') return
  const untilMs = performance.now() + PLUGGING_MS_MAX
  while (performance.now() < untilMs) {
    const [vpc, realization] = [await store.findVpc(port.vpc), await store.findRealization(port.vpc)]
    if (vpc && realization && realization.realized >= vpc.version) return
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
  }
}
