import type { Caller } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { DomainError } from '../../../domain/errors.ts'
import { operation } from '../../dialect.ts'
import type { Fields } from '../../fields.ts'
import { invalid } from '../blocks.ts'
import type { AlibabaCall } from '../call.ts'
import { DESCRIPTION, decodeOptionalRegion, NAME } from '../codec.ts'
import { checkDestination, decodeNextHop } from '../next-hop.ts'

/**
 * CreateRouteEntry: through a peering, which is the only next hop that there is here. An entry with several next hops is
 * refused. Source: "CreateRouteEntry".
 */
export const createRoute = operation({
  name: '2016-04-28 CreateRouteEntry',
  decode: ({ parameters }: AlibabaCall, app) => decode(parameters, app),
  run: create,
  encode: (route) => ({ RouteEntryId: route.ids.alibaba }),
})

function decode(parameters: Fields, app: App) {
  const routeTable = parameters.text('RouteTableId')
  const destination = parameters.text('DestinationCidrBlock')
  if (parameters.has('NextHopList')) throw invalid('NextHopList', 'is not supported')
  const nextHop = decodeNextHop(parameters, 'NextHopType', 'NextHopId')
  return {
    region: decodeOptionalRegion(app, parameters),
    routeTable,
    saying: {
      destination: checkDestination(destination),
      nextHop,
      name: parameters.optionalText('RouteEntryName', NAME) ?? '',
      description: parameters.optionalText('Description', DESCRIPTION) ?? '',
      enabled: true,
    },
  }
}

async function create(app: App, caller: Caller, { region, routeTable, saying }: ReturnType<typeof decode>) {
  const change = { routeTable, add: [saying], modify: [], remove: [] }
  const { added } = await app.changeRoutes({ ...caller, region }, change)
  const [route] = added
  // The request has come before, and what came of it is gone again.
  if (!route) throw new DomainError('route.not-found', { id: saying.destination })
  return route
}
