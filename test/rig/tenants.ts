import type { Bootstrap } from '../../src/app/bootstrap.ts'

/**
 * Who takes part in the tests: two tenants and a stranger, each with one key that signs in every dialect, a project
 * per region, and VPCs whose ids are known beforehand.
 */
export interface TestTenant {
  readonly name: string
  readonly key: { readonly id: string; readonly secret: string }
  readonly password: string
  readonly uid: string
  readonly uin: string
  readonly appId: string
  readonly projects: Readonly<Record<'region-a' | 'region-b', string>>
}

function testTenant(name: string, digit: string): TestTenant {
  return {
    name,
    key: { id: `AK${name.toUpperCase()}`, secret: `SK${name.toUpperCase()}` },
    password: `password of ${name}`,
    uid: `121012345612345${digit}`,
    uin: `10000000000${digit}`,
    appId: `125000000${digit}`,
    projects: { 'region-a': `${digit.repeat(31)}a`, 'region-b': `${digit.repeat(31)}b` },
  }
}

export const alice = testTenant('alice', '1')
export const bob = testTenant('bob', '2')
/** The stranger: a tenant like the others, and party to nothing. */
export const mallory = testTenant('mallory', '3')

export interface TestVpc {
  readonly name: string
  readonly tenant: TestTenant
  readonly region: 'region-a' | 'region-b'
  readonly cidrs: readonly string[]
  readonly ids: { readonly huawei: string; readonly alibaba: string; readonly tencent: string }
}

function testVpc(tenant: TestTenant, number: number, region: TestVpc['region'], cidr: string): TestVpc {
  const name = `${tenant.name}-${number}`
  const serial = `${tenant.uid.slice(-1)}${String(number).padStart(3, '0')}`
  return {
    name,
    tenant,
    region,
    cidrs: [cidr],
    ids: {
      huawei: `00000000-0000-4000-8000-00000000${serial}`,
      alibaba: `vpc-bp1test00000000${serial}`,
      tencent: `vpc-test${serial}`,
    },
  }
}

/** Six VPCs a tenant: four in region-a, two in region-b; no blocks overlap. */
export const VPCS: readonly TestVpc[] = [alice, bob, mallory].flatMap((tenant, index) =>
  [1, 2, 3, 4, 5, 6].map((number) =>
    testVpc(tenant, number, number <= 4 ? 'region-a' : 'region-b', `10.${(index + 1) * 16 + number}.0.0/16`),
  ),
)

/** The `number`th VPC of a tenant, from 1. */
export function vpcOf(tenant: TestTenant, number: number): TestVpc {
  const vpc = VPCS.find(({ name }) => name === `${tenant.name}-${number}`)
  if (!vpc) throw new Error(`no VPC ${number} of ${tenant.name}`)
  return vpc
}

/** Quotas that no test meets by accident. Those that mean to, make a tenant of their own. */
const PLENTY = {
  'peerings-per-tenant-region': 1_000_000,
  'same-region-peerings-per-vpc': 1_000_000,
  'cross-region-peerings-per-vpc': 1_000_000,
  'peerings-per-vpc': 1_000_000,
}

/** The bootstrap file of the tests, as JSON would have it. */
export const BOOTSTRAP = {
  regions: [
    { name: 'region-a', huawei: ['region-a', 'eu-de'], alibaba: ['cn-hangzhou'], tencent: ['ap-guangzhou'] },
    { name: 'region-b', huawei: ['region-b', 'eu-nl'], alibaba: ['cn-beijing'], tencent: ['ap-shanghai'] },
  ],
  tenants: [alice, bob, mallory].map(({ name, key, password, uid, uin, appId, projects }) => ({
    name,
    huawei: { projects, domainName: name, user: name, password },
    alibaba: { uid },
    tencent: { uin, appId },
    quotas: PLENTY,
    accessKeys: [key],
  })),
  vpcs: VPCS.map(({ name, tenant, region, cidrs, ids }) => ({
    tenant: tenant.name,
    name,
    region,
    cidrs,
    ids,
  })),
} satisfies Record<keyof Bootstrap, unknown>
