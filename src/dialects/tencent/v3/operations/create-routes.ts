import type { RouteSaying } from '../../../../app/change-routes.ts'
import { DomainError } from '../../../../domain/errors.ts'
import { operation } from '../../../dialect.ts'
import type { Fields } from '../../../fields.ts'
import type { TencentCall } from '../../call.ts'
import { decodeDestination, decodeWord } from '../../codec.ts'
import { viewRoutes, viewTables } from '../../networks.ts'
import { whole } from '../call.ts'
import { PEERING_ID, TABLE_ID } from '../codec.ts'
import { encodeTable, PEERING_GATEWAY, requireSome } from '../network-codec.ts'

/**
 * Adding routes to a table, all or none; answers the table with nothing but the new ones, as the Terraform provider
 * wants it. Source: API 3.0 "CreateRoutes"; Terraform provider.
 */
export const createRoutes = operation({
  name: 'CreateRoutes',
  decode: (call: TencentCall) =>
    whole(call.fields(), (fields) => ({
      routeTable: fields.text('RouteTableId', TABLE_ID),
      add: requireSome(
        'Routes',
        fields.objects('Routes').map((route) => whole(route, decodeRoute)),
      ),
      modify: [],
      remove: [],
    })),
  run: async (app, caller, input) => {
    const { routeTable, added } = await app.changeRoutes(caller, input)
    const [view] = await viewTables(app, caller, [routeTable])
    return { view, routes: await viewRoutes(app, caller, added, [routeTable]) }
  },
  encode: ({ view, routes }) => ({
    TotalCount: routes.length,
    RouteTableSet: view ? [encodeTable(view, routes)] : [],
  }),
})

/** Members of a route that an answer has; a request may send them back, and they mean nothing there. */
const ANSWERED = ['RouteItemId', 'RouteTableId', 'CreatedTime', 'CdcId']

/** Whether a route can lead to such a thing here. Source: API 3.0, object Route, "GatewayType". */
const GATEWAYS: Readonly<Record<string, boolean>> = {
  [PEERING_GATEWAY]: true,
  CVM: false,
  VPN: false,
  DIRECTCONNECT: false,
  HAVIP: false,
  NAT: false,
  NORMAL_CVM: false,
  EIP: false,
  LOCAL_GATEWAY: false,
  INTRANAT: false,
  USER_CCN: false,
  GWLB_ENDPOINT: false,
}

function decodeRoute(fields: Fields): RouteSaying {
  for (const name of ANSWERED) fields.optionalText(name)
  fields.optionalInteger('RouteId')
  fields.optionalBoolean('PublishedToVbc')
  decodeWord(fields, 'RouteType', { USER: 'USER' })
  const type = fields.text('GatewayType')
  const exists = decodeWord(fields, 'GatewayType', GATEWAYS)
  const nextHop = fields.text('GatewayId', type === PEERING_GATEWAY ? PEERING_ID : {})
  const route = {
    destination: decodeEitherDestination(fields),
    nextHop,
    name: '',
    description: fields.optionalText('RouteDescription', { max: 100 }) ?? '',
    enabled: fields.optionalBoolean('Enabled') ?? true,
  }
  // Other kinds of gateway there are none of.
  if (!exists) throw new DomainError('route.next-hop-not-found', { id: nextHop })
  return route
}

const [IPV4, IPV6] = ['DestinationCidrBlock', 'DestinationIpv6CidrBlock'] as const

/** An answer has both members, one of them empty; a request may be made of it. */
function decodeEitherDestination(fields: Fields): string {
  const said = (name: string) => (fields.optionalText(name) ?? '') !== ''
  const [ipv4, ipv6] = [said(IPV4), said(IPV6)]
  if (ipv4 && ipv6) throw new DomainError('request.exclusive', { fields: [IPV4, IPV6] })
  return ipv6 ? decodeDestination(fields, IPV6, 6) : decodeDestination(fields, IPV4)
}
