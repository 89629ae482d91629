import type { Vpc } from '../api.ts'
import { apiCommand, DRY_RUN_OPTION } from '../api-command.ts'
import { print } from '../print.ts'
import { vpcDetails } from '../show.ts'

/** `isthmus vpc create`. */
export const vpcCreate = apiCommand({
  about: 'make a VPC',
  operands: { name: { about: 'what it is called' } },
  options: {
    region: { value: 'REGION', about: "one of the operator's regions, by its own name", required: true },
    cidr: { value: 'BLOCK', about: 'a block of addresses, IPv4 or IPv6', multiple: true },
    tenant: { value: 'TENANT', about: 'whose it is, by id or name; only the operator has to say' },
    description: { value: 'TEXT', about: 'what it is for' },
    'adopt-netns': {
      value: 'NAME',
      about: 'it stands for a network namespace that is there already (operator)',
    },
    'adopt-ovn-router': {
      value: 'NAME',
      about: 'it stands for a router of OVN that is there already (operator)',
    },
    ...DRY_RUN_OPTION,
  },
  examples: [
    'isthmus vpc create shop --region region-a --cidr 10.20.0.0/16',
    "isthmus vpc create shop --region region-a --cidr 10.20.0.0/16 --cidr fd00:20::/48 --description 'the shop'",
  ],
  async run({ client, operands, options }) {
    const { region, cidr, tenant, description, 'adopt-netns': netns, 'adopt-ovn-router': ovnRouter } = options
    const adopt = netns !== undefined ? { netns } : ovnRouter !== undefined ? { ovnRouter } : undefined
    const body = { name: operands.name, region, cidrs: cidr, tenant, description, adopt }
    const vpc = await client.post<Vpc>('/vpcs', { body, query: { dryRun: options['dry-run'] } })
    print(options.json, vpc, vpcDetails(vpc))
    return 0
  },
})
