import type { ChangeTags } from '../../../app/change-tags.ts'
import type { Caller } from '../../../app/context.ts'
import { DomainError } from '../../../domain/errors.ts'

export type ResourceKind = ChangeTags['kind']

/** The kinds of resource that have tags, by what the service `tag` calls them. Source: Terraform provider. */
export const KINDS: Readonly<Record<string, ResourceKind>> = {
  vpc: 'vpc',
  subnet: 'subnet',
  rtb: 'route-table',
  pcx: 'peering',
}

export interface Resource {
  /** As written; empty where none is named. */
  readonly region: string
  readonly kind: ResourceKind
  readonly id: string
}

/**
 * The resource that six segments name, such as `qcs::vpc:ap-guangzhou:uin/:vpc/vpc-5ibcl0e1`; the account may be left
 * out. Throws `request.invalid` for what does not look like that, `tag.resource-not-found` for what is not here.
 * Source: vendor page "Resource Description Method"; Terraform provider.
 */
export function readResource(text: string, { tenant }: Caller): Resource {
  const match = /^qcs:[^:]*:([a-z]+):([\w-]*):(?:uin\/(\d*))?:([a-z]+)\/([\w-]+)$/i.exec(text)
  if (!match) {
    const reason = 'must be six segments such as qcs::vpc:ap-guangzhou:uin/:vpc/vpc-5ibcl0e1'
    throw new DomainError('request.invalid', { field: 'Resource', problem: 'format', reason, value: text })
  }
  const [, service = '', region = '', uin = '', prefix = '', id = ''] = match
  const kind = Object.hasOwn(KINDS, prefix) ? KINDS[prefix] : undefined
  if (service !== 'vpc' || kind === undefined || (uin !== '' && uin !== tenant?.tencent.uin)) {
    throw new DomainError('tag.resource-not-found', { ids: [id] })
  }
  return { region, kind, id }
}
