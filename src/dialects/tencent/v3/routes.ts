import type { TencentRoute } from '../call.ts'
import { acceptPeering } from './operations/accept-peering.ts'
import { createPeering } from './operations/create-peering.ts'
import { createVpc } from './operations/create-vpc.ts'
import { deletePeering } from './operations/delete-peering.ts'
import { deleteVpc } from './operations/delete-vpc.ts'
import { listPeerings } from './operations/list-peerings.ts'
import { listVpcs } from './operations/list-vpcs.ts'
import { rejectPeering } from './operations/reject-peering.ts'
import { updatePeering } from './operations/update-peering.ts'

export interface V3Route extends TencentRoute {
  /**
   * The error codes with a dot that the action's page lists. Source: the error lists in the Go SDK's VPC
   * client.
   */
  readonly codes: readonly string[]
}

const CREATE_OR_MODIFY = [
  'InvalidParameterValue.Combination',
  'InvalidParameterValue.DuplicateRegion',
  'InvalidParameterValue.Empty',
  'InvalidParameterValue.Malformed',
  'LimitExceeded.VpcPeerAvaLimitExceeded',
  'LimitExceeded.VpcPeerTotalLimitExceeded',
  'UnauthorizedOperation.VpcPeerCidrConflict',
  'UnsupportedOperation.PurchaseLimit',
  'UnsupportedOperation.VpcPeerAlreadyExist',
  'UnsupportedOperation.VpcPeerCidrConflict',
]
const ACCEPT_OR_REJECT = [
  'InvalidParameterValue.Malformed',
  'UnsupportedOperation.VpcPeerInvalidStateChange',
  'UnsupportedOperation.VpcPeerPurviewError',
]
const DESCRIBE_VPCS = [
  'InvalidParameter.Coexist',
  'InvalidParameter.FilterInvalidKey',
  'InvalidParameter.FilterNotDict',
  'InvalidParameter.FilterValuesNotList',
  'InvalidParameterValue.LimitExceeded',
  'InvalidParameterValue.Malformed',
  'InvalidParameterValue.Range',
]

/** Every operation of this dialect. A new one is its file and its line here. */
export const ROUTES: readonly V3Route[] = [
  { operation: createPeering, region: 'of-the-call', codes: CREATE_OR_MODIFY },
  { operation: acceptPeering, region: 'any', codes: [...ACCEPT_OR_REJECT, 'InvalidParameter.Coexist'] },
  { operation: rejectPeering, region: 'any', codes: ACCEPT_OR_REJECT },
  {
    operation: deletePeering,
    region: 'any',
    codes: [
      'InvalidParameterValue.Malformed',
      'UnsupportedOperation.MutexOperationTaskRunning',
      'UnsupportedOperation.NotSupportDeleteVpcBmPeer',
      'UnsupportedOperation.VpcPeerPurviewError',
    ],
  },
  {
    operation: updatePeering,
    region: 'any',
    // The vendor lists what Create answers, word for word; the wrong account is told so all the same.
    codes: [...CREATE_OR_MODIFY, 'UnsupportedOperation.VpcPeerPurviewError'],
  },
  {
    operation: listPeerings,
    region: 'of-the-call',
    codes: [
      'InvalidParameter.Coexist',
      'InvalidParameter.FilterNotDict',
      'InvalidParameterValue.LimitExceeded',
      'InvalidParameterValue.Malformed',
      'InvalidParameterValue.Range',
      'InvalidParameterValue.TooLong',
    ],
  },
  {
    operation: createVpc,
    region: 'of-the-call',
    codes: [
      'InvalidParameterValue.LimitExceeded',
      'InvalidParameterValue.Malformed',
      'InvalidParameterValue.SubnetOverlap',
      'InvalidParameterValue.TooLong',
      'UnsupportedOperation.AppIdMismatch',
      'UnsupportedOperation.EnableMulticast',
      'UnsupportedOperation.RecordExists',
    ],
  },
  { operation: listVpcs, region: 'of-the-call', codes: DESCRIBE_VPCS },
  {
    operation: deleteVpc,
    region: 'any',
    codes: [
      'InvalidParameterValue.Malformed',
      'UnsupportedOperation.AppIdMismatch',
      'UnsupportedOperation.RecordNotExists',
      'UnsupportedOperation.RouteTableHasSubnetRule',
    ],
  },
]
