import { DomainError } from '../../../domain/errors.ts'
import type { Fields, TextRule } from '../../fields.ts'
import { decodeSubnetBlock } from '../codec.ts'
import { NETWORK_NAME } from './codec.ts'

/** Any name will do: which zones a region has is not known here. */
const ZONE: TextRule = { min: 1, max: 60, pattern: /^[\w-]+$/, expects: 'must be the name of a zone' }

/** What a subnet is told. Throws `request.*`. Source: API 3.0 "CreateSubnet", object SubnetInput. */
export function decodeSubnet(fields: Fields) {
  // Clusters at a customer's own site: there are none here.
  const cluster = fields.optionalText('CdcId') ?? ''
  if (cluster !== '') throw new DomainError('subnet.not-found', { id: cluster })
  return {
    name: fields.text('SubnetName', NETWORK_NAME),
    description: '',
    cidrs: [decodeSubnetBlock(fields, 'CidrBlock')],
    zone: fields.text('Zone', ZONE),
    gateway: null,
    dnsServers: [],
  }
}
