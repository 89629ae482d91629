import type { Caller } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { formatCidr } from '../../../domain/cidr.ts'
import { DomainError } from '../../../domain/errors.ts'
import { parseDestination, type Route } from '../../../domain/network.ts'
import { operation } from '../../dialect.ts'
import type { Fields } from '../../fields.ts'
import { invalid } from '../blocks.ts'
import type { AlibabaCall } from '../call.ts'
import { decodeOptionalRegion } from '../codec.ts'

/**
 * DeleteRouteEntry: one entry, by its id, or by its table, its destination and its next hop. Those of the system are not
 * there to be deleted. Source: "DeleteRouteEntry".
 */
export const deleteRoute = operation({
  name: '2016-04-28 DeleteRouteEntry',
  decode: ({ parameters }: AlibabaCall, app) => decode(parameters, app),
  run: remove,
  encode: () => ({}),
})

function decode(parameters: Fields, app: App) {
  const region = decodeOptionalRegion(app, parameters)
  const id = parameters.optionalText('RouteEntryId')
  if (id !== undefined) return { region, id }
  if (parameters.has('NextHopList')) throw invalid('NextHopList', 'is not supported')
  const [routeTable, destination, nextHop] = ['RouteTableId', 'DestinationCidrBlock', 'NextHopId'].map(
    (name) => parameters.optionalText(name),
  )
  if (routeTable === undefined || destination === undefined || nextHop === undefined) {
    throw new DomainError('request.missing', { field: 'RouteEntryId' })
  }
  const block = parseDestination(destination)
  if (!block) throw invalid('DestinationCidrBlock', 'is not a block', destination)
  return { region, routeTable, destination: formatCidr(block), nextHop }
}

async function remove(app: App, caller: Caller, input: ReturnType<typeof decode>): Promise<void> {
  const here = { ...caller, region: input.region }
  if ('id' in input) {
    await app.deleteRoute(here, { id: input.id })
    return
  }
  const { routeTable, destination } = input
  const nextHop = (await app.context.store.findPeering(input.nextHop))?.peering.id
  const matches = (route: Route) => route.destination === destination && route.nextHop === nextHop
  const selector = { label: destination, matches }
  await app.changeRoutes(here, { routeTable, add: [], modify: [], remove: [selector] })
}
