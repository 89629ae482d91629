import type { Static } from 'typebox'
import type * as schemas from '../dialects/native/schemas.ts'
import type { PeeringState } from '../domain/peering.ts'

/** What the native API answers, from the very schemas that describe it. */

export type Tenant = Static<typeof schemas.Tenant>
export type AccessKey = Static<typeof schemas.AccessKey>
export type Vpc = Static<typeof schemas.Vpc>
export type Subnet = Static<typeof schemas.Subnet>
export type RouteTable = Static<typeof schemas.RouteTable>
export type Route = Static<typeof schemas.Route>
export type Port = Static<typeof schemas.Port>
/** Its state by name: a union that is made of a list has no static type of its own. */
export type Peering = Omit<Static<typeof schemas.Peering>, 'state'> & { readonly state: PeeringState }
export type Realization = Static<typeof schemas.Realization>
export type Explanation = Static<typeof schemas.Explanation>
export type Event = Omit<Static<typeof schemas.Event>, 'from' | 'to'> & {
  readonly from: PeeringState | null
  readonly to: PeeringState
}
export type Caller = Static<typeof schemas.WhoAmI>
export type Problem = Static<typeof schemas.Problem>
export type Ids = Static<typeof schemas.Ids>

export interface Region {
  readonly name: string
  readonly huawei: readonly string[]
  readonly alibaba: readonly string[]
  readonly tencent: readonly string[]
}
