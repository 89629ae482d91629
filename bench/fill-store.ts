import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { randomIds } from '../src/adapters/ids/random.ts'
import { aesGcmSealer, readOrCreateSecret } from '../src/adapters/secrets/aes-gcm.ts'
import type { SealedChange } from '../src/adapters/store/conflicts.ts'
import { openForWriting } from '../src/adapters/store/sqlite/database.ts'
import { Writer } from '../src/adapters/store/sqlite/writer.ts'
import { eventOf, THE_CLOCK } from '../src/domain/event.ts'
import { peeringId, regionName, tenantId, vpcId } from '../src/domain/identity.ts'
import { NO_ATTRIBUTES, type Peering } from '../src/domain/peering.ts'
import type { Tenant } from '../src/domain/tenant.ts'
import { NO_VPC_ATTRIBUTES, type Vpc } from '../src/domain/vpc.ts'

/** A tenant of a filled store, with its key and VPCs. */
export interface Member {
  readonly tenant: Tenant
  readonly key: { readonly id: string; readonly secret: string }
  readonly vpcs: readonly Vpc[]
}

export interface FilledStore {
  readonly directory: string
  /** Who is in it; `askers[i]` is peered with `answerers[i]` only. */
  readonly askers: readonly Member[]
  readonly answerers: readonly Member[]
  /** Of each member's VPCs, those from here on are peered with nobody. */
  readonly firstFreeVpc: number
  /** Some of the peerings in it, spread over all. */
  readonly samples: readonly { readonly peering: Peering; readonly asker: Member }[]
}

export const REGION = regionName('region-a')
const BATCH = 1_000
/** Peerings between one asker and one answerer; each pair of their VPCs has one. */
const PEERINGS_A_PAIR_OF_TENANTS = 1_000
/** Pairs of VPCs that are left free, over all tenants, for new peerings to be made between. */
const FREE_PAIRS = 400_000

/**
 * A store with `count` waiting peerings, through the store's own writer but in large commits. `tenants` askers and as
 * many answerers share them; each also has VPCs that are peered with nobody.
 */
export function fillStore(directory: string, count: number, onProgress: (done: number) => void): FilledStore {
  const { add, commit, close } = fillMembers(directory)
  const pairs = Math.max(1, Math.ceil(count / PEERINGS_A_PAIR_OF_TENANTS))
  const side = Math.ceil(Math.sqrt(PEERINGS_A_PAIR_OF_TENANTS))
  const free = Math.ceil(Math.sqrt(FREE_PAIRS / pairs))
  const members = (role: string) =>
    Array.from({ length: pairs }, (_, index) => member(`${role}-${index}`, side + free))
  const [askers, answerers] = [members('asker'), members('answerer')]
  for (const each of [...askers, ...answerers]) add(each)
  const samples: { peering: Peering; asker: Member }[] = []
  for (let done = 0; done < count; done += BATCH) {
    const peerings: Peering[] = []
    for (let index = done; index < Math.min(count, done + BATCH); index++) {
      const pair = Math.floor(index / PEERINGS_A_PAIR_OF_TENANTS)
      const within = index % PEERINGS_A_PAIR_OF_TENANTS
      const [asker, answerer] = [askers[pair], answerers[pair]]
      if (!asker || !answerer) throw new Error('no such pair')
      const peering = waiting(asker, answerer, within % side, Math.floor(within / side))
      peerings.push(peering)
      if (index % Math.max(1, Math.floor(count / 997)) === 0) samples.push({ peering, asker })
    }
    commit({
      peerings: peerings.map((to) => ({ from: null, to })),
      events: peerings.map((to) => eventOf('peering.requested', null, to, THE_CLOCK)),
    })
    onProgress(Math.min(count, done + BATCH))
  }
  close()
  return { directory, askers, answerers, firstFreeVpc: side, samples }
}

/** A new store, to be filled through the store's own writer. */
export function fillMembers(directory: string) {
  mkdirSync(directory, { recursive: true })
  const secret = readOrCreateSecret(directory, 'master.key', () => 'ab'.repeat(32))
  const sealer = aesGcmSealer(Buffer.from(secret, 'hex'))
  const connection = openForWriting(join(directory, 'isthmus.db'))
  const writer = new Writer(connection)
  const commit = (change: Partial<SealedChange>) => {
    const [outcome] = writer.commit([{ accessKeys: [], nowMs: Date.now(), ...change }])
    if (!outcome || 'failed' in outcome || !outcome.ok)
      throw new Error(`filling failed: ${JSON.stringify(outcome)}`)
  }
  const add = ({ tenant, key, vpcs }: Member) => {
    const sealedSecret = sealer.seal(key.secret, key.id).toString('hex')
    const accessKey = { id: key.id, tenant: tenant.id, sealedSecret, createdAtMs: tenant.createdAtMs }
    commit({ tenants: [tenant], accessKeys: [accessKey], vpcs: vpcs.map((to) => ({ from: null, to })) })
  }
  const close = () => {
    connection.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    connection.close()
  }
  return { add, commit, close }
}

export function member(name: string, vpcCount: number): Member {
  const { uuid, decimal, secret } = randomIds
  const plain = (text: string) => text.replaceAll('-', '')
  const tenant: Tenant = {
    id: tenantId(uuid()),
    name,
    createdAtMs: Date.now(),
    huawei: {
      domainId: plain(uuid()),
      domainName: name,
      userId: plain(uuid()),
      userName: name,
      passwordHash: null,
      projects: { [REGION]: plain(uuid()), [regionName('region-b')]: plain(uuid()) },
    },
    alibaba: { uid: decimal(16) },
    tencent: { uin: decimal(12), appId: decimal(10) },
    quotas: { 'peerings-per-tenant-region': null, 'peerings-per-vpc': null },
  }
  const vpcs = Array.from({ length: vpcCount }, (_, index) => vpc(tenant, index))
  return { tenant, key: { id: `AK${secret(18)}`, secret: secret(40) }, vpcs }
}

function vpc(tenant: Tenant, index: number): Vpc {
  const ids = randomIds.vpc()
  // Blocks of askers and answerers do not overlap, for the dialects that mind.
  const first = tenant.name.startsWith('asker') ? 10 : 100
  const nowMs = Date.now()
  return {
    id: vpcId(ids.huawei),
    ids,
    tenant: tenant.id,
    region: REGION,
    name: `vpc-${index}`,
    description: '',
    cidrs: [`${first}.${index % 256}.0.0/16`],
    tags: [],
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    deletedAtMs: null,
    version: 1,
    attributes: NO_VPC_ATTRIBUTES,
  }
}

function waiting(asker: Member, answerer: Member, from: number, to: number): Peering {
  const [requesterVpc, accepterVpc] = [asker.vpcs[from], answerer.vpcs[to]]
  if (!requesterVpc || !accepterVpc) throw new Error('no such VPC')
  return peeringOf(asker, requesterVpc, answerer, accepterVpc, 'pending-acceptance')
}

export function peeringOf(
  asker: Member,
  requesterVpc: Vpc,
  answerer: Member,
  accepterVpc: Vpc,
  state: 'pending-acceptance' | 'active',
): Peering {
  const ids = randomIds.peering()
  const nowMs = Date.now()
  return {
    id: peeringId(ids.huawei),
    ids,
    name: 'filled',
    description: '',
    requester: { tenant: asker.tenant.id, region: REGION, vpc: requesterVpc.id },
    accepter: { tenant: answerer.tenant.id, region: REGION, vpc: accepterVpc.id },
    state,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    expiresAtMs: state === 'active' ? null : nowMs + 7 * 86_400_000,
    version: 1,
    attributes: NO_ATTRIBUTES,
  }
}
