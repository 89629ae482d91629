import { tenantOf } from '../../../app/context.ts'
import { regionNameIn, resolveRegion } from '../../../domain/region.ts'
import { operation } from '../../dialect.ts'
import { baseUrl, type HuaweiCall } from '../call.ts'

/**
 * Querying projects. A project is named like its region, and a client that looks one up by that name must find
 * exactly one: with none, or several, the Node.js SDK goes on to make a project of its own.
 * Source: IAM API reference, "Querying Project Information"; Node.js SDK.
 */
export const listProjects = operation({
  name: 'GET /v3/projects',
  decode: ({ query }: HuaweiCall) => ({ name: query.optionalText('name') }),
  run: async ({ context: { regions } }, caller, { name }) => {
    const tenant = tenantOf(caller, 'iam:projects:list')
    const wanted = name === undefined ? null : resolveRegion(regions, 'huawei', name)
    if (name !== undefined && wanted === null) return []
    return regions
      .filter((region) => wanted === null || region.name === wanted)
      .map((region) => ({
        id: tenant.huawei.projects[region.name] ?? '',
        name: name ?? regionNameIn(regions, 'huawei', region.name),
        domain_id: tenant.huawei.domainId,
        parent_id: tenant.huawei.domainId,
        enabled: true,
        is_domain: false,
        description: '',
      }))
  },
  encode: (projects, { request }) => ({
    links: { self: `${baseUrl(request)}${request.path}`, next: null, previous: null },
    projects,
  }),
})
