import type { Caller } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { operation } from '../../dialect.ts'
import type { Fields } from '../../fields.ts'
import type { AlibabaCall } from '../call.ts'
import { decodeOptionalRegion, decodeRenaming } from '../codec.ts'
import { decodeNextHop } from '../next-hop.ts'

/** ModifyRouteEntry: its name, its description, or the peering it leads through. Source: "ModifyRouteEntry". */
export const updateRoute = operation({
  name: '2016-04-28 ModifyRouteEntry',
  decode: ({ parameters, literal }: AlibabaCall, app) => decode(parameters, literal, app),
  run: update,
  encode: () => ({}),
})

function decode(parameters: Fields, literal: Fields, app: App) {
  const id = parameters.text('RouteEntryId')
  const moves = parameters.has('NewNextHopId') || parameters.has('NewNextHopType')
  return {
    id,
    region: decodeOptionalRegion(app, parameters),
    to: {
      ...decodeRenaming(literal, 'RouteEntryName'),
      ...(moves && { nextHop: decodeMove(parameters) }),
    },
  }
}

/** Terraform names only what has changed, which need not be the type. */
function decodeMove(parameters: Fields): string {
  return parameters.has('NewNextHopType')
    ? decodeNextHop(parameters, 'NewNextHopType', 'NewNextHopId')
    : parameters.text('NewNextHopId')
}

async function update(
  app: App,
  caller: Caller,
  { id, region, to }: ReturnType<typeof decode>,
): Promise<void> {
  const here = { ...caller, region }
  const { routeTable, ...route } = await app.showRoute(here, { id })
  const selector = { label: id, matches: (other: { id: string }) => other.id === route.id }
  await app.changeRoutes(here, { routeTable, add: [], modify: [{ route: selector, to }], remove: [] })
}
