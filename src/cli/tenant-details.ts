import type { AccessKey, Tenant } from './api.ts'
import { shortTime } from './show.ts'
import { details } from './table.ts'

/** All that there is of a tenant; of a key that was just made, its secret too. */
export function tenantDetails({
  id,
  name,
  huawei,
  alibaba,
  tencent,
  createdAt,
  accessKeys = [],
}: Tenant): string {
  const projects = Object.entries(huawei.projects).map(([region, project]) => `${region} ${project}`)
  return details([
    ['id', id],
    ['name', name],
    ['Huawei domain', huawei.domainName],
    ['Huawei projects', projects.join(', ')],
    ['Alibaba uid', alibaba.uid],
    ['Tencent uin', tencent.uin],
    ['Tencent appId', tencent.appId],
    ['made', shortTime(createdAt)],
    ...accessKeys.flatMap(keyLines),
  ])
}

/** A secret and a token are there only where the key was just made. */
export function keyLines({ id, secret, token, createdAt }: AccessKey): (readonly [string, string])[] {
  return [
    ['key', secret === undefined ? `${id}, made ${shortTime(createdAt)}` : id],
    ...(secret === undefined ? [] : [['secret', secret] as const]),
    ...(token === undefined ? [] : [['token', token] as const]),
  ]
}
