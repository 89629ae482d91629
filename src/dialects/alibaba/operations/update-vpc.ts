import type { Caller } from '../../../app/context.ts'
import type { App } from '../../../app/index.ts'
import { operation } from '../../dialect.ts'
import type { Fields } from '../../fields.ts'
import { checkVpcBlock, decodeIpv6Block, isIpv6 } from '../blocks.ts'
import type { AlibabaCall } from '../call.ts'
import { decodeOptionalRegion, decodeRenaming } from '../codec.ts'

/**
 * ModifyVpcAttribute: what is not named stays. IPv6 is switched by giving the VPC a block, or by taking its blocks away.
 * Source: "ModifyVpcAttribute"; the Terraform provider, for `EnableIPv6`.
 */
export const updateVpc = operation({
  name: '2016-04-28 ModifyVpcAttribute',
  decode: ({ parameters, literal }: AlibabaCall, app) => decode(parameters, literal, app),
  run: update,
  encode: () => ({}),
})

function decode(parameters: Fields, literal: Fields, app: App) {
  const id = parameters.text('VpcId')
  const region = decodeOptionalRegion(app, parameters)
  const block = parameters.optionalText('CidrBlock')
  const ipv6 = parameters.optionalBoolean('EnableIPv6')
  const dnsHostnames = parameters.optionalBoolean('EnableDnsHostname')
  return {
    id,
    region,
    patch: {
      ...decodeRenaming(literal, 'VpcName'),
      ...(block !== undefined && { primaryCidr: checkVpcBlock('CidrBlock', block) }),
      ...(dnsHostnames !== undefined && { attributes: { dnsHostnames } }),
    },
    ipv6: ipv6 === undefined ? null : { block: decodeIpv6Block(app, parameters, ipv6) },
  }
}

async function update(app: App, caller: Caller, input: ReturnType<typeof decode>): Promise<void> {
  const { id, region, patch, ipv6 } = input
  const here = { ...caller, region }
  await app.updateVpc(here, { id, ...patch, ...(ipv6 && (await switchIpv6(app, here, id, ipv6.block))) })
}

/** What is to be added or taken away so that the VPC has IPv6 addresses, or none. */
async function switchIpv6(app: App, caller: Caller, id: string, block: string | null) {
  const present = (await app.showVpc(caller, { id })).cidrs.filter(isIpv6)
  if (block === null) return { removeCidrs: present }
  return present.length > 0 ? {} : { addCidrs: [block] }
}
