import type { App } from '../../../app/index.ts'
import { DomainError } from '../../../domain/errors.ts'
import { regionNameIn, resolveRegion } from '../../../domain/region.ts'
import { regionOfProject, type Tenant } from '../../../domain/tenant.ts'
import { operation } from '../../dialect.ts'
import type { Fields } from '../../fields.ts'
import { baseUrl, type HuaweiCall, projectId } from '../call.ts'
import { issueToken, TOKEN_LIFETIME_MS } from '../token.ts'

/** Where the answer carries the token on its way into a header. */
export const SUBJECT_TOKEN = 'X-Subject-Token'

/** scrypt of nothing, so that a wrong name costs as much time as a wrong password. */
const NOBODYS_HASH = `${'0'.repeat(32)}:${'0'.repeat(64)}`

/**
 * Obtaining a user token by password, for a project or for the whole domain. 201; the token is in a header.
 * Source: IAM API reference, "Obtaining a User Token Through Password Authentication"; captured from the SDKs.
 */
export const createToken = operation({
  name: 'POST /v3/auth/tokens',
  decode: (call: HuaweiCall) => {
    const auth = call.body().object('auth')
    const user = auth.object('identity').object('password').object('user')
    const scope = auth.optionalObject('scope')
    return {
      userName: user.optionalText('name') ?? '',
      userId: user.optionalText('id') ?? '',
      domainName: user.optionalObject('domain')?.optionalText('name') ?? '',
      domainId: user.optionalObject('domain')?.optionalText('id') ?? '',
      password: user.text('password', { max: 1024 }),
      project: scope?.optionalObject('project') ?? null,
    }
  },
  run: async (app, _caller, { project, password, ...name }) => {
    const tenant = await signIn(app, name, password)
    const scope = project && findProject(app, tenant, project)
    const nowMs = app.context.clock.realNow()
    const expiresAtMs = nowMs + TOKEN_LIFETIME_MS
    const token = issueToken(app, { tenant: tenant.id, project: scope?.id ?? null, expiresAtMs })
    return { tenant, scope, token, nowMs, expiresAtMs }
  },
  encode: ({ tenant, scope, token, nowMs, expiresAtMs }, { request }) => {
    const domain = { id: tenant.huawei.domainId, name: tenant.huawei.domainName }
    return {
      [SUBJECT_TOKEN]: token,
      token: {
        methods: ['password'],
        issued_at: new Date(nowMs).toISOString(),
        expires_at: new Date(expiresAtMs).toISOString(),
        user: { id: tenant.huawei.userId, name: tenant.huawei.userName, domain },
        ...(scope ? { project: { ...scope, domain } } : { domain }),
        roles: [{ id: '0', name: 'te_admin' }],
        catalog: catalog(baseUrl(request), scope),
      },
    }
  },
})

/** Nothing tells a wrong user from a wrong password, in words or in time. */
async function signIn(
  app: App,
  name: { userName: string; userId: string; domainName: string; domainId: string },
  password: string,
): Promise<Tenant> {
  const { store, passwords } = app.context
  const tenant =
    name.domainName === ''
      ? (await store.listTenants()).find(
          ({ huawei }) => huawei.domainId === name.domainId || huawei.userId === name.userId,
        )
      : await store.findTenant({ domainName: name.domainName })
  const known =
    name.userName === '' ? name.userId === tenant?.huawei.userId : name.userName === tenant?.huawei.userName
  const hash = known ? tenant?.huawei.passwordHash : null
  const matches = await passwords.matches(password, hash ?? NOBODYS_HASH)
  if (!tenant || !hash || !matches) {
    throw new DomainError('authentication.password-wrong', {})
  }
  return tenant
}

/** The project a scope means, by id or by name (a region's). Throws as a wrong password does: it is not theirs. */
function findProject(app: App, tenant: Tenant, project: Fields): { id: string; name: string } {
  const { regions } = app.context
  const id = project.optionalText('id')
  const name = project.optionalText('name')
  const region =
    id === undefined ? resolveRegion(regions, 'huawei', name ?? '') : regionOfProject(tenant, projectId(id))
  const found = region && tenant.huawei.projects[region]
  if (!found) throw new DomainError('authentication.password-wrong', {})
  return { id: found, name: name ?? regionNameIn(regions, 'huawei', region) }
}

/** Where each service is. Source: Go SDK of Open Telekom Cloud, which appends versions to `network`. */
function catalog(root: string, scope: { id: string; name: string } | null | undefined) {
  const region = scope?.name ?? '*'
  const entry = (name: string, type: string, url: string) => ({
    id: type,
    name,
    type,
    endpoints: [{ id: `${type}-${region}`, interface: 'public', region, region_id: region, url }],
  })
  return [
    entry('iam', 'identity', `${root}/v3`),
    entry('neutron', 'network', root),
    ...(scope ? [entry('vpc', 'vpc', `${root}/v1/${scope.id}`)] : []),
  ]
}
