import { operation } from '../../dialect.ts'
import type { Fields } from '../../fields.ts'
import { type HuaweiCall, projectId } from '../call.ts'
import { DESCRIPTION, decodeVpcId, encodePeering, PEERING_NAME } from '../codec.ts'

/**
 * Creating a VPC Peering Connection. Active at once between two VPCs of one tenant, else it waits.
 * Source: seed page "Creating a VPC Peering Connection" (English and Chinese); the answer is wrapped, and 201.
 */
export const createPeering = operation({
  name: 'POST /v2.0/vpc/peerings',
  decode: (call: HuaweiCall, _app, caller) => {
    const peering = call.body().object('peering')
    const request = peering.object('request_vpc_info')
    const accept = peering.object('accept_vpc_info')
    const project = tenantId(accept)
    return {
      requesterVpc: decodeVpcId(request, 'request_vpc_info'),
      accepterVpc: decodeVpcId(accept, 'accept_vpc_info'),
      // Left out, it means the caller's own project.
      accepter: project !== null ? { project } : caller.tenant ? { id: caller.tenant.id } : null,
      accepterRegion: null,
      name: peering.text('name', PEERING_NAME),
      description: peering.optionalText('description', DESCRIPTION) ?? '',
      attributes: {},
    }
  },
  run: (app, caller, input) => app.createPeering(caller, input),
  encode: (view) => ({ peering: encodePeering(view) }),
})

/** Some clients send an empty one for "none". */
function tenantId(info: Fields): string | null {
  const text = info.optionalText('tenant_id')
  return text ? projectId(text) : null
}
