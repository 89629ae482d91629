import type { Caller } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { overlaps, parseCidr } from '../../../domain/cidr.ts'
import { DomainError } from '../../../domain/errors.ts'
import type { Vpc } from '../../../domain/vpc.ts'
import { operation } from '../../dialect.ts'
import type { HuaweiCall } from '../call.ts'
import { encodeVpcV3, wrong } from '../network-codec.ts'
import { countedVpcs } from '../network-views.ts'
import { Reply } from '../reply.ts'

/**
 * Adding a Secondary CIDR Block to a VPC, all that are named or none.
 * Source: Open Telekom Cloud VPC API reference (v3), "Adding a Secondary CIDR Block to a VPC".
 */
export const addExtendCidr = operation({
  name: 'PUT /v3/{project_id}/vpc/vpcs/{vpc_id}/add-extend-cidr',
  decode: (call: HuaweiCall) => {
    const decoded = decodeExtendCidrs(call)
    decoded.cidrs.forEach(checkBlock)
    return decoded
  },
  run: async (app, caller, { id, cidrs, dryRun }) => {
    const { cidrs: present } = await app.showVpc(caller, { id })
    if (present.length === 0) throw new DomainError('vpc.cidr-not-found', { cidr: 'primary' })
    return app.updateVpc({ ...caller, dryRun }, { id, addCidrs: cidrs })
  },
  encode: encodeOutcome,
})

/** What adding and removing have in common: the blocks, and whether it is only to be found out if it would do. */
export function decodeExtendCidrs(call: HuaweiCall) {
  const body = call.body()
  const cidrs = body.object('vpc').texts('extend_cidrs')
  if (cidrs.length === 0) throw new DomainError('request.missing', { field: 'vpc.extend_cidrs' })
  return { id: call.path['vpc_id'] ?? '', cidrs, dryRun: body.optionalBoolean('dry_run') ?? false }
}

/** 202 without the VPC where nothing was done. */
export async function encodeOutcome(vpc: Vpc, call: HuaweiCall, app: App, caller: Caller): Promise<Reply> {
  const request_id = caller.requestId
  if (call.body().optionalBoolean('dry_run')) return new Reply({ request_id }, { status: 202 })
  const [view] = await countedVpcs(app, caller, [vpc])
  return new Reply({ request_id, vpc: view && encodeVpcV3(view, caller) })
}

/** Source: as above, parameter "extend_cidrs". */
const FORBIDDEN = [
  '100.64.0.0/10',
  '214.0.0.0/7',
  '198.18.0.0/15',
  '169.254.0.0/16',
  '0.0.0.0/8',
  '127.0.0.0/8',
  '240.0.0.0/4',
  '172.31.0.0/16',
  '192.168.0.0/16',
]

function checkBlock(text: string): void {
  const block = parseCidr(text)
  if (block?.family !== 4) throw wrong('extend_cidrs', 'is not an IPv4 CIDR block without host bits', text)
  const clash = FORBIDDEN.find((other) => {
    const forbidden = parseCidr(other)
    return forbidden && overlaps(block, forbidden)
  })
  if (clash !== undefined) throw wrong('extend_cidrs', `must have nothing of ${clash}`, text)
}
