/**
 * The error codes with a dot that each action's page lists. Source: the error lists in the Go SDK's clients. Of the
 * lists that say nothing of tags, `InvalidParameterValue.Tag*` are left out: they come to their family.
 */
const CREATE_OR_MODIFY_PEERING = [
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
const DESCRIBE = [
  'InvalidParameter.Coexist',
  'InvalidParameter.FilterInvalidKey',
  'InvalidParameter.FilterNotDict',
  'InvalidParameter.FilterValuesNotList',
  'InvalidParameterValue.LimitExceeded',
  'InvalidParameterValue.Malformed',
  'InvalidParameterValue.Range',
]
const CREATE_SUBNET = [
  'InvalidParameterValue.Empty',
  'InvalidParameterValue.LimitExceeded',
  'InvalidParameterValue.Malformed',
  'InvalidParameterValue.SubnetConflict',
  'InvalidParameterValue.SubnetOverlap',
  'InvalidParameterValue.SubnetRange',
  'InvalidParameterValue.TooLong',
  'InvalidParameterValue.ZoneConflict',
]
const ASSISTANT_BLOCKS = [
  'InvalidParameterValue.Duplicate',
  'InvalidParameterValue.LimitExceeded',
  'InvalidParameterValue.Malformed',
  'InvalidParameterValue.SubnetConflict',
  'InvalidParameterValue.SubnetOverlapAssistCidr',
  'InvalidParameterValue.SubnetRange',
  'InvalidParameterValue.VpcCidrConflict',
]
const MALFORMED = ['InvalidParameterValue.Malformed']
const SWITCH_ROUTES = ['InvalidParameter.Coexist', ...MALFORMED, 'InvalidParameterValue.RouteNextHopInvalid']

export const CODES = {
  createPeering: CREATE_OR_MODIFY_PEERING,
  // The vendor lists what Create answers, word for word; the wrong account is told so all the same.
  updatePeering: [...CREATE_OR_MODIFY_PEERING, 'UnsupportedOperation.VpcPeerPurviewError'],
  acceptPeering: [...ACCEPT_OR_REJECT, 'InvalidParameter.Coexist'],
  rejectPeering: ACCEPT_OR_REJECT,
  deletePeering: [
    'InvalidParameterValue.Malformed',
    'UnsupportedOperation.MutexOperationTaskRunning',
    'UnsupportedOperation.NotSupportDeleteVpcBmPeer',
    'UnsupportedOperation.VpcPeerPurviewError',
  ],
  listPeerings: [
    'InvalidParameter.Coexist',
    'InvalidParameter.FilterNotDict',
    'InvalidParameterValue.LimitExceeded',
    'InvalidParameterValue.Malformed',
    'InvalidParameterValue.Range',
    'InvalidParameterValue.TooLong',
  ],
  createVpc: [
    'InvalidParameterValue.LimitExceeded',
    'InvalidParameterValue.Malformed',
    'InvalidParameterValue.SubnetOverlap',
    'InvalidParameterValue.TooLong',
    'UnsupportedOperation.AppIdMismatch',
    'UnsupportedOperation.EnableMulticast',
    'UnsupportedOperation.RecordExists',
  ],
  updateVpc: [
    'InvalidParameterValue.LimitExceeded',
    'InvalidParameterValue.Malformed',
    'InvalidParameterValue.TooLong',
    'UnsupportedOperation.EnableMulticast',
    'UnsupportedOperation.RecordNotExists',
  ],
  deleteVpc: [
    'InvalidParameterValue.Malformed',
    'UnsupportedOperation.AppIdMismatch',
    'UnsupportedOperation.RecordNotExists',
    'UnsupportedOperation.RouteTableHasSubnetRule',
  ],
  describe: DESCRIBE,
  createSubnet: CREATE_SUBNET,
  updateSubnet: [...MALFORMED, 'InvalidParameterValue.TooLong'],
  deleteSubnet: MALFORMED,
  createRouteTable: [
    'InvalidParameterValue.LimitExceeded',
    'InvalidParameterValue.Malformed',
    'InvalidParameterValue.TooLong',
  ],
  updateRouteTable: [...MALFORMED, 'InvalidParameterValue.TooLong'],
  deleteRouteTable: [
    ...MALFORMED,
    'UnsupportedOperation.DelDefaultRoute',
    'UnsupportedOperation.DelRouteWithSubnet',
  ],
  associateRouteTable: [...MALFORMED, 'UnsupportedOperation.VpcMismatch'],
  createRoutes: [
    'InvalidParameterValue.CidrNotInPeerVpc',
    'InvalidParameterValue.Duplicate',
    'InvalidParameterValue.Malformed',
    'InvalidParameterValue.RouteNextHopInvalid',
    'InvalidParameterValue.SubnetOverlapRoute',
    'InvalidParameterValue.VpcCidrConflict',
    'InvalidParameterValue.VpcCidrOverlapRoute',
    'UnsupportedOperation.Ecmp',
    'UnsupportedOperation.SystemRoute',
  ],
  deleteRoutes: [
    'InvalidParameterValue.LimitExceeded',
    'InvalidParameterValue.Malformed',
    'UnsupportedOperation.SystemRoute',
  ],
  switchRoutes: SWITCH_ROUTES,
  createAssistantBlocks: ASSISTANT_BLOCKS,
  updateAssistantBlocks: ASSISTANT_BLOCKS,
  deleteAssistantBlocks: MALFORMED,
  updateResourceTags: ['InvalidParameterValue.ResourceDescriptionError'],
  /** Nothing but families. */
  common: [],
} as const satisfies Readonly<Record<string, readonly string[]>>
