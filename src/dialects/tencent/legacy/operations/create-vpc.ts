import { tenantOf } from '../../../../app/context.ts'
import { DomainError } from '../../../../domain/errors.ts'
import { operation } from '../../../dialect.ts'
import type { Fields } from '../../../fields.ts'
import type { TencentCall } from '../../call.ts'
import { decodeSubnetBlock, decodeVpcBlock, encodeTime } from '../../codec.ts'
import { ALL } from '../../networks.ts'
import { encodeTableBriefly } from '../route-codec.ts'

/** Making a VPC in the region of the call, and subnets of it, all or nothing. Source: legacy page "Creating a VPC". */
export const createVpc = operation({
  name: 'CreateVpc',
  decode: (call: TencentCall) => {
    const fields = call.fields()
    return {
      name: fields.text('vpcName', { max: 60 }),
      description: '',
      cidrs: [decodeVpcBlock(fields, 'cidrBlock')],
      tags: [],
      subnets: fields.objects('subnetSet').map(decodeSubnet),
    }
  },
  run: async (app, caller, input) => {
    const { region } = caller
    if (region === null) throw new DomainError('request.missing', { field: 'Region' })
    const vpc = await app.createVpc(caller, { ...input, tenant: tenantOf(caller, 'CreateVpc'), region })
    const within = { ...ALL, vpcs: [vpc.id] }
    const { items: tables } = await app.listRouteTables(caller, within)
    return { vpc, tables, subnets: (await app.listSubnets(caller, within)).items }
  },
  encode: ({ vpc, tables, subnets }) => ({
    vpcId: vpc.ids.tencent,
    uniqVpcId: vpc.ids.tencent,
    vpcCreateTime: encodeTime(vpc.createdAtMs),
    subnetSet: subnets.map(({ ids, name, cidrs, zone }) => ({
      subnetId: ids.tencent,
      unSubnetId: ids.tencent,
      subnetName: name,
      cidrBlock: cidrs[0] ?? '',
      zoneId: zone,
    })),
    routeTableSet: tables.map(encodeTableBriefly),
  }),
})

function decodeSubnet(fields: Fields) {
  return {
    name: fields.text('subnetName', { min: 1, max: 60 }),
    description: '',
    cidrs: [decodeSubnetBlock(fields, 'cidrBlock')],
    zone: fields.text('zoneId', { max: 60 }),
    gateway: null,
    dnsServers: [],
  }
}
