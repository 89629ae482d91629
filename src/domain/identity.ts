/**
 * Branded ids, so that two of them cannot be swapped. All are strings; the brand exists for the compiler only.
 */
declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** A tenant's own id here, a UUID. Dialects know the tenant by their own account numbers instead. */
export type TenantId = Branded<'TenantId'>
/** A VPC's id: a UUID, which is also its id in the Huawei dialect and in the native API. */
export type VpcId = Branded<'VpcId'>
/** A peering's id: a UUID, which is also its id in the Huawei dialect and in the native API. */
export type PeeringId = Branded<'PeeringId'>
/** The id of a part of a VPC (subnet, route table, route): a UUID, as with VPCs. */
export type PartId = Branded<'PartId'>
/** The id of a webhook: a UUID. */
export type WebhookId = Branded<'WebhookId'>
/** The name of a region as the operator configured it; a dialect's own region names are mapped to it. */
export type RegionName = Branded<'RegionName'>

/** One resource under the id of every dialect. Any dialect accepts any of them and answers with its own. */
export interface ResourceIds {
  readonly huawei: string
  readonly alibaba: string
  readonly tencent: string
}

/** The vendors' families of protocol, and our own. */
export type DialectName = 'huawei' | 'alibaba' | 'tencent' | 'native'

export const tenantId = (text: string) => text as TenantId
export const vpcId = (text: string) => text as VpcId
export const partId = (text: string) => text as PartId
export const webhookId = (text: string) => text as WebhookId
export const peeringId = (text: string) => text as PeeringId
export const regionName = (text: string) => text as RegionName
