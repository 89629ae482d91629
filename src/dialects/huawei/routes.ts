import type { Operation } from '../dialect.ts'
import type { PathRoute } from '../route-table.ts'
import type { HuaweiCall, Service } from './call.ts'
import { acceptPeering } from './operations/accept-peering.ts'
import { createPeering } from './operations/create-peering.ts'
import { createToken } from './operations/create-token.ts'
import { createVpc } from './operations/create-vpc.ts'
import { deletePeering } from './operations/delete-peering.ts'
import { deleteVpc } from './operations/delete-vpc.ts'
import { listPeerings } from './operations/list-peerings.ts'
import { listProjects } from './operations/list-projects.ts'
import { listVpcs } from './operations/list-vpcs.ts'
import { rejectPeering } from './operations/reject-peering.ts'
import { showPeering } from './operations/show-peering.ts'
import { showVpc } from './operations/show-vpc.ts'
import { updatePeering } from './operations/update-peering.ts'

export interface HuaweiRoute extends PathRoute {
  readonly service: Service
  /** What the vendor answers when it succeeds; the Go clients take no other. */
  readonly status: 200 | 201 | 204
  readonly operation: Operation<HuaweiCall>
  /** True where the call is what one signs in with. */
  readonly anonymous?: true
}

/** Every operation of this dialect. A new one is its file and its line here. */
export const ROUTES: readonly HuaweiRoute[] = [
  { method: 'POST', path: '/v2.0/vpc/peerings', service: 'neutron', status: 201, operation: createPeering },
  { method: 'GET', path: '/v2.0/vpc/peerings', service: 'neutron', status: 200, operation: listPeerings },
  {
    method: 'GET',
    path: '/v2.0/vpc/peerings/{peering_id}',
    service: 'neutron',
    status: 200,
    operation: showPeering,
  },
  {
    method: 'PUT',
    path: '/v2.0/vpc/peerings/{peering_id}',
    service: 'neutron',
    status: 200,
    operation: updatePeering,
  },
  {
    method: 'DELETE',
    path: '/v2.0/vpc/peerings/{peering_id}',
    service: 'neutron',
    status: 204,
    operation: deletePeering,
  },
  {
    method: 'PUT',
    path: '/v2.0/vpc/peerings/{peering_id}/accept',
    service: 'neutron',
    status: 200,
    operation: acceptPeering,
  },
  {
    method: 'PUT',
    path: '/v2.0/vpc/peerings/{peering_id}/reject',
    service: 'neutron',
    status: 200,
    operation: rejectPeering,
  },
  { method: 'POST', path: '/v1/{project_id}/vpcs', service: 'vpc-v1', status: 200, operation: createVpc },
  { method: 'GET', path: '/v1/{project_id}/vpcs', service: 'vpc-v1', status: 200, operation: listVpcs },
  {
    method: 'GET',
    path: '/v1/{project_id}/vpcs/{vpc_id}',
    service: 'vpc-v1',
    status: 200,
    operation: showVpc,
  },
  {
    method: 'DELETE',
    path: '/v1/{project_id}/vpcs/{vpc_id}',
    service: 'vpc-v1',
    status: 204,
    operation: deleteVpc,
  },
  {
    method: 'POST',
    path: '/v3/auth/tokens',
    service: 'iam',
    status: 201,
    operation: createToken,
    anonymous: true,
  },
  { method: 'GET', path: '/v3/projects', service: 'iam', status: 200, operation: listProjects },
]
