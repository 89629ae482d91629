import type { Caller } from '../../app/context.ts'
import { DomainError } from '../../domain/errors.ts'
import type { RegionName } from '../../domain/identity.ts'
import type { Tenant } from '../../domain/tenant.ts'
import { regionOfProject } from '../../domain/tenant.ts'
import { decodePairs, header } from '../encoding.ts'
import { Fields, parseJsonObject } from '../fields.ts'
import type { WireRequest } from '../wire.ts'

/** Which of the vendor's services a path belongs to; its errors have that service's shape and codes. */
export type Service =
  | 'neutron'
  | 'vpc-v1'
  | 'subnet-v1'
  | 'quota-v1'
  | 'tags-v2'
  | 'vpc-v3'
  | 'iam'
  | 'gateway'

/** A request of this dialect, read as far as its path. */
export interface HuaweiCall {
  readonly request: WireRequest
  readonly service: Service
  /** The parts of the path that are named in the route, decoded. */
  readonly path: Readonly<Record<string, string>>
  readonly query: Fields
  /** The JSON body; read when an operation asks, since several clients send rubbish where none is expected. */
  body(): Fields
}

export function readCall(
  request: WireRequest,
  service: Service,
  path: Readonly<Record<string, string>>,
): HuaweiCall {
  // Clients send empty parameters (`marker=`) for what they do not mean. An empty member of a body means itself.
  const query = new Fields(Object.fromEntries(decodePairs(request.query)), {
    wire: 'text',
    emptyIsAbsent: true,
  })
  return {
    request,
    service,
    path,
    query,
    body: () => new Fields(parseJsonObject(request.body), { wire: 'json', emptyIsAbsent: false }),
  }
}

/** What the Node.js SDK puts into a path when it was not told a project. Source: captured. */
const UNFILLED = '{project_id}'

/**
 * The project that a request names, in its header or its path; null where it names none and the access key alone
 * must do. Throws `project.mismatch` for one that is not `tenant`'s: the header is not even signed by some clients.
 */
export function projectOf(call: HuaweiCall, tenant: Tenant): string | null {
  const inPath = call.path['project_id']
  const named = [header(call.request, 'x-project-id'), inPath === UNFILLED ? '' : (inPath ?? '')]
    .filter((text) => text !== '')
    .map(projectId)
  for (const project of named) {
    if (regionOfProject(tenant, project) === null || project !== named[0]) {
      throw new DomainError('project.mismatch', { project })
    }
  }
  return named[0] ?? null
}

/**
 * Refuses a domain in the header that is not `tenant`'s; clients of IAM send it in place of a project. Throws
 * `project.mismatch`.
 */
export function checkDomain({ request }: HuaweiCall, tenant: Tenant): void {
  const domain = header(request, 'x-domain-id')
  if (domain !== '' && domain !== tenant.huawei.domainId) {
    throw new DomainError('project.mismatch', { project: domain })
  }
}

/** The project of the caller's in `region`, which is how the vendor names the owner of a resource. */
export function projectIn(caller: Caller, region: RegionName): string {
  return caller.tenant?.huawei.projects[region] ?? ''
}

/** Every value of a query parameter that may be repeated; empty ones mean nothing. */
export function valuesOf({ request }: HuaweiCall, name: string): readonly string[] {
  return decodePairs(request.query).flatMap(([key, value]) => (key === name && value !== '' ? [value] : []))
}

/** 32 hexadecimal digits, however they were written: the vendor's own samples print them with dashes. */
export function projectId(text: string): string {
  return text.replaceAll('-', '').toLowerCase()
}

/** Where the client reached us, as it wrote it; behind a proxy, as the proxy says it did. */
export function baseUrl({ headers }: WireRequest): string {
  const host = headers['x-forwarded-host'] ?? headers['host'] ?? 'localhost'
  return `${headers['x-forwarded-proto'] === 'https' ? 'https' : 'http'}://${host}`
}
