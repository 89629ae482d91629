import { encodePairs } from '../src/dialects/encoding.ts'
import { signHeaders } from '../src/dialects/huawei/signing.ts'
import { signParameters } from '../src/dialects/tencent/signing.ts'
import type { Vpc } from '../src/domain/vpc.ts'
import type { FilledStore, Member } from './fill-store.ts'
import { requestBytes, type Work } from './load-generator.ts'

const NO_BODY = Buffer.alloc(0)

/** A signed Huawei request, whole. */
export function huaweiRequest(
  host: string,
  asker: Member,
  method: string,
  target: string,
  body = '',
): Buffer {
  const [path = '', query = ''] = target.split('?')
  const project = Object.values(asker.tenant.huawei.projects)[0] ?? ''
  const headers = { host, 'content-type': 'application/json', 'x-project-id': project }
  const signer = {
    scheme: 'SDK-HMAC-SHA256 Access',
    accessKeyId: asker.key.id,
    secret: asker.key.secret,
  } as const
  const signed = signHeaders({ method, path, query, headers, body: Buffer.from(body) }, signer, Date.now())
  return requestBytes(method, target, { ...headers, ...signed }, body)
}

let nonce = 0

/** A signed request of Tencent's legacy API, whole. */
export function tencentLegacyRequest(
  host: string,
  member: Member,
  action: string,
  parameters: Record<string, string>,
): Buffer {
  const given = [...Object.entries({ Action: action, Region: 'region-a', ...parameters })] as [
    string,
    string,
  ][]
  const request = { method: 'POST', path: '/v2/index.php', query: '', headers: { host }, body: NO_BODY }
  const signer = { scheme: 'HmacSHA1', accessKeyId: member.key.id, secret: member.key.secret } as const
  const added = signParameters(request, given, signer, Date.now(), String(nonce++))
  const headers = { host, 'content-type': 'application/x-www-form-urlencoded' }
  return requestBytes('POST', request.path, headers, encodePairs([...given, ...added]))
}

/** Endless work that sends `requests` round and round, and wants `status`. */
export function repeating(requests: readonly Buffer[], status: number): () => Work {
  let index = 0
  return () => {
    const request = requests[index++ % requests.length]
    return async (send) => {
      const answer = await send(request ?? NO_BODY)
      if (answer.status !== status) throw new Error(`answered ${answer.status}: ${answer.body}`)
    }
  }
}

interface FreePair {
  readonly asker: Member
  readonly answerer: Member
  readonly requesterVpc: Vpc
  readonly accepterVpc: Vpc
}

/** Two VPCs that are not peered yet, and whose they are; never the same two twice. */
function* freePairs({ askers, answerers, firstFreeVpc }: FilledStore): Generator<FreePair> {
  const free = (askers[0]?.vpcs.length ?? 0) - firstFreeVpc
  for (let pair = 0; pair < free * free; pair++) {
    for (const [index, asker] of askers.entries()) {
      const answerer = answerers[index]
      const requesterVpc = asker.vpcs[firstFreeVpc + (pair % free)]
      // Along the diagonals, so that no VPC gets all of its peerings at once.
      const accepterVpc = answerer?.vpcs[firstFreeVpc + ((pair + Math.floor(pair / free)) % free)]
      if (answerer && requesterVpc && accepterVpc) yield { asker, answerer, requesterVpc, accepterVpc }
    }
  }
}

/** A request for a new peering, signed, and who may answer it. */
export interface NewPeering {
  readonly request: Buffer
  readonly answerer: Member
}

/**
 * Requests for new peerings on one server, each used once. They are made ready before a round begins, so that signing
 * them is no part of what is timed; what a round leaves over is there for the next.
 */
export class NewPeerings {
  readonly #host: string
  readonly #store: FilledStore
  readonly #pairs: Generator<FreePair>
  #ready: NewPeering[] = []

  constructor(host: string, store: FilledStore) {
    this.#host = host
    this.#store = store
    this.#pairs = freePairs(store)
  }

  /** The same from the start, for another server. */
  elsewhere(host: string): NewPeerings {
    return new NewPeerings(host, this.#store)
  }

  makeReady(count: number): void {
    while (this.#ready.length < count) {
      const { value, done } = this.#pairs.next()
      if (done) throw new Error('no free VPCs are left')
      this.#ready.push(this.#sign(value))
    }
  }

  take(): NewPeering | null {
    return this.#ready.pop() ?? null
  }

  #sign({ asker, answerer, requesterVpc, accepterVpc }: FreePair): NewPeering {
    const project = Object.values(answerer.tenant.huawei.projects)[0]
    const peering = {
      name: 'bench',
      request_vpc_info: { vpc_id: requesterVpc.id },
      accept_vpc_info: { vpc_id: accepterVpc.id, tenant_id: project },
    }
    const body = JSON.stringify({ peering })
    return { request: huaweiRequest(this.#host, asker, 'POST', '/v2.0/vpc/peerings', body), answerer }
  }
}
