import type { Operation } from '../dialect.ts'
import type { PathRoute } from '../route-table.ts'
import type { HuaweiCall, Service } from './call.ts'
import { acceptPeering } from './operations/accept-peering.ts'
import { addExtendCidr } from './operations/add-extend-cidr.ts'
import { associateRouteTable } from './operations/associate-route-table.ts'
import { changeSubnetTags, changeVpcTags } from './operations/change-tags.ts'
import { createPeering } from './operations/create-peering.ts'
import { createRoute } from './operations/create-route.ts'
import { createRouteTable } from './operations/create-route-table.ts'
import { createSubnet } from './operations/create-subnet.ts'
import { createSubnetTag, createVpcTag } from './operations/create-tag.ts'
import { createToken } from './operations/create-token.ts'
import { createVpc } from './operations/create-vpc.ts'
import { deletePeering } from './operations/delete-peering.ts'
import { deleteRoute } from './operations/delete-route.ts'
import { deleteRouteTable } from './operations/delete-route-table.ts'
import { deleteSubnet } from './operations/delete-subnet.ts'
import { deleteSubnetTag, deleteVpcTag } from './operations/delete-tag.ts'
import { deleteVpc } from './operations/delete-vpc.ts'
import { listDomains } from './operations/list-domains.ts'
import { listPeerings } from './operations/list-peerings.ts'
import { listProjects } from './operations/list-projects.ts'
import { listQuotas } from './operations/list-quotas.ts'
import { listRouteTables } from './operations/list-route-tables.ts'
import { listRoutes } from './operations/list-routes.ts'
import { listSubnets } from './operations/list-subnets.ts'
import { listSubnetTags, listVpcTags } from './operations/list-tags.ts'
import { listUsers } from './operations/list-users.ts'
import { listVersions, showVersion } from './operations/list-versions.ts'
import { listVpcs } from './operations/list-vpcs.ts'
import { listVpcsV3 } from './operations/list-vpcs-v3.ts'
import { rejectPeering } from './operations/reject-peering.ts'
import { removeExtendCidr } from './operations/remove-extend-cidr.ts'
import { showCatalog } from './operations/show-catalog.ts'
import { showPeering } from './operations/show-peering.ts'
import { showRoute } from './operations/show-route.ts'
import { showRouteTable } from './operations/show-route-table.ts'
import { showSubnet } from './operations/show-subnet.ts'
import { showToken } from './operations/show-token.ts'
import { showVpc } from './operations/show-vpc.ts'
import { showVpcV3 } from './operations/show-vpc-v3.ts'
import { updatePeering } from './operations/update-peering.ts'
import { updateRouteTable } from './operations/update-route-table.ts'
import { updateSubnet } from './operations/update-subnet.ts'
import { updateVpc } from './operations/update-vpc.ts'

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
  { method: 'POST', path: '/v2.0/vpc/routes', service: 'neutron', status: 201, operation: createRoute },
  { method: 'GET', path: '/v2.0/vpc/routes', service: 'neutron', status: 200, operation: listRoutes },
  {
    method: 'GET',
    path: '/v2.0/vpc/routes/{route_id}',
    service: 'neutron',
    status: 200,
    operation: showRoute,
  },
  {
    method: 'DELETE',
    path: '/v2.0/vpc/routes/{route_id}',
    service: 'neutron',
    status: 204,
    operation: deleteRoute,
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
    method: 'PUT',
    path: '/v1/{project_id}/vpcs/{vpc_id}',
    service: 'vpc-v1',
    status: 200,
    operation: updateVpc,
  },
  {
    method: 'DELETE',
    path: '/v1/{project_id}/vpcs/{vpc_id}',
    service: 'vpc-v1',
    status: 204,
    operation: deleteVpc,
  },
  { method: 'GET', path: '/v3/{project_id}/vpc/vpcs', service: 'vpc-v3', status: 200, operation: listVpcsV3 },
  {
    method: 'GET',
    path: '/v3/{project_id}/vpc/vpcs/{vpc_id}',
    service: 'vpc-v3',
    status: 200,
    operation: showVpcV3,
  },
  {
    method: 'PUT',
    path: '/v3/{project_id}/vpc/vpcs/{vpc_id}/add-extend-cidr',
    service: 'vpc-v3',
    status: 200,
    operation: addExtendCidr,
  },
  {
    method: 'PUT',
    path: '/v3/{project_id}/vpc/vpcs/{vpc_id}/remove-extend-cidr',
    service: 'vpc-v3',
    status: 200,
    operation: removeExtendCidr,
  },
  {
    method: 'POST',
    path: '/v1/{project_id}/subnets',
    service: 'subnet-v1',
    status: 200,
    operation: createSubnet,
  },
  {
    method: 'GET',
    path: '/v1/{project_id}/subnets',
    service: 'subnet-v1',
    status: 200,
    operation: listSubnets,
  },
  {
    method: 'GET',
    path: '/v1/{project_id}/subnets/{subnet_id}',
    service: 'subnet-v1',
    status: 200,
    operation: showSubnet,
  },
  {
    method: 'PUT',
    path: '/v1/{project_id}/vpcs/{vpc_id}/subnets/{subnet_id}',
    service: 'subnet-v1',
    status: 200,
    operation: updateSubnet,
  },
  {
    method: 'DELETE',
    path: '/v1/{project_id}/vpcs/{vpc_id}/subnets/{subnet_id}',
    service: 'subnet-v1',
    status: 204,
    operation: deleteSubnet,
  },
  {
    method: 'POST',
    path: '/v1/{project_id}/routetables',
    service: 'vpc-v1',
    status: 200,
    operation: createRouteTable,
  },
  {
    method: 'GET',
    path: '/v1/{project_id}/routetables',
    service: 'vpc-v1',
    status: 200,
    operation: listRouteTables,
  },
  {
    method: 'GET',
    path: '/v1/{project_id}/routetables/{routetable_id}',
    service: 'vpc-v1',
    status: 200,
    operation: showRouteTable,
  },
  {
    method: 'PUT',
    path: '/v1/{project_id}/routetables/{routetable_id}',
    service: 'vpc-v1',
    status: 200,
    operation: updateRouteTable,
  },
  {
    method: 'DELETE',
    path: '/v1/{project_id}/routetables/{routetable_id}',
    service: 'vpc-v1',
    status: 204,
    operation: deleteRouteTable,
  },
  {
    method: 'POST',
    path: '/v1/{project_id}/routetables/{routetable_id}/action',
    service: 'vpc-v1',
    status: 200,
    operation: associateRouteTable,
  },
  {
    method: 'GET',
    path: '/v2.0/{project_id}/vpcs/{vpc_id}/tags',
    service: 'tags-v2',
    status: 200,
    operation: listVpcTags,
  },
  {
    method: 'POST',
    path: '/v2.0/{project_id}/vpcs/{vpc_id}/tags/action',
    service: 'tags-v2',
    status: 204,
    operation: changeVpcTags,
  },
  {
    method: 'GET',
    path: '/v2.0/{project_id}/subnets/{subnet_id}/tags',
    service: 'tags-v2',
    status: 200,
    operation: listSubnetTags,
  },
  {
    method: 'POST',
    path: '/v2.0/{project_id}/subnets/{subnet_id}/tags/action',
    service: 'tags-v2',
    status: 204,
    operation: changeSubnetTags,
  },
  {
    method: 'POST',
    path: '/v2.0/{project_id}/vpcs/{vpc_id}/tags',
    service: 'tags-v2',
    status: 204,
    operation: createVpcTag,
  },
  {
    method: 'DELETE',
    path: '/v2.0/{project_id}/vpcs/{vpc_id}/tags/{key}',
    service: 'tags-v2',
    status: 204,
    operation: deleteVpcTag,
  },
  {
    method: 'POST',
    path: '/v2.0/{project_id}/subnets/{subnet_id}/tags',
    service: 'tags-v2',
    status: 204,
    operation: createSubnetTag,
  },
  {
    method: 'DELETE',
    path: '/v2.0/{project_id}/subnets/{subnet_id}/tags/{key}',
    service: 'tags-v2',
    status: 204,
    operation: deleteSubnetTag,
  },
  { method: 'GET', path: '/v1/{project_id}/quotas', service: 'quota-v1', status: 200, operation: listQuotas },
  { method: 'GET', path: '/', service: 'iam', status: 200, operation: listVersions, anonymous: true },
  { method: 'GET', path: '/v3', service: 'iam', status: 200, operation: showVersion, anonymous: true },
  { method: 'GET', path: '/v3/', service: 'iam', status: 200, operation: showVersion, anonymous: true },
  {
    method: 'POST',
    path: '/v3/auth/tokens',
    service: 'iam',
    status: 201,
    operation: createToken,
    anonymous: true,
  },
  { method: 'GET', path: '/v3/auth/tokens', service: 'iam', status: 200, operation: showToken },
  { method: 'GET', path: '/v3/auth/catalog', service: 'iam', status: 200, operation: showCatalog },
  { method: 'GET', path: '/v3/auth/domains', service: 'iam', status: 200, operation: listDomains },
  { method: 'GET', path: '/v3/projects', service: 'iam', status: 200, operation: listProjects },
  { method: 'GET', path: '/v3/users', service: 'iam', status: 200, operation: listUsers },
]
