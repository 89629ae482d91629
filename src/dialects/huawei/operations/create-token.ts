import type { App } from '../../../app/index.ts'
import { DomainError } from '../../../domain/errors.ts'
import { resolveRegion } from '../../../domain/region.ts'
import { regionOfProject, type Tenant } from '../../../domain/tenant.ts'
import { operation } from '../../dialect.ts'
import type { Fields } from '../../fields.ts'
import { baseUrl, type HuaweiCall, projectId } from '../call.ts'
import { type Scope, scopeOf } from '../catalog.ts'
import { encodeToken, issueToken, readToken, TOKEN_LIFETIME_MS } from '../token.ts'

/** scrypt of nothing, so that a wrong name costs as much time as a wrong password. */
const NOBODYS_HASH = `${'0'.repeat(32)}:${'0'.repeat(64)}`

/**
 * Obtaining a user token by password or by another token, for a project or for the whole domain. 201; the token is in a
 * header. One that was had by a token ends when that one does.
 * Source: IAM API reference, "Obtaining a User Token Through Password Authentication"; Keystone, "Token authentication";
 * captured from the SDKs.
 */
export const createToken = operation({
  name: 'POST /v3/auth/tokens',
  decode: (call: HuaweiCall) => {
    const auth = call.body().object('auth')
    const identity = auth.object('identity')
    const byToken = identity.texts('methods').includes('token')
    return {
      token: byToken ? identity.object('token').text('id', { max: 4096 }) : null,
      user: byToken ? null : decodeUser(identity.object('password').object('user')),
      scope: auth.optionalObject('scope'),
    }
  },
  run: async (app, _caller, { token, user, scope }) => {
    const nowMs = app.context.clock.realNow()
    const { tenant, expiresAtMs } = user
      ? { tenant: await signIn(app, user), expiresAtMs: nowMs + TOKEN_LIFETIME_MS }
      : await exchange(app, token ?? '')
    checkDomainOf(tenant, scope)
    const project = scope?.optionalObject('project')
    const found = project ? findProject(app, tenant, project) : null
    const methods = [user ? 'password' : 'token']
    const claims = { tenant: tenant.id, project: found?.id ?? null, methods, issuedAtMs: nowMs, expiresAtMs }
    return { tenant, scope: found, claims, token: issueToken(app, claims) }
  },
  encode: ({ tenant, scope, claims, token }, { request }) =>
    encodeToken(token, claims, tenant, scope, baseUrl(request)),
})

/** Who signs in, by names or by ids. */
interface SignIn {
  readonly userName: string
  readonly userId: string
  readonly domainName: string
  readonly domainId: string
  readonly password: string
}

function decodeUser(user: Fields): SignIn {
  const domain = user.optionalObject('domain')
  return {
    userName: user.optionalText('name') ?? '',
    userId: user.optionalText('id') ?? '',
    domainName: domain?.optionalText('name') ?? '',
    domainId: domain?.optionalText('id') ?? '',
    password: user.text('password', { max: 1024 }),
  }
}

/** Nothing tells a wrong user from a wrong password, in words or in time. */
async function signIn(app: App, { password, ...name }: SignIn): Promise<Tenant> {
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

/** Whose a token is, and until when. Throws `authentication.token-invalid`. */
async function exchange(app: App, token: string): Promise<{ tenant: Tenant; expiresAtMs: number }> {
  const { tenant: id, expiresAtMs } = readToken(app, token)
  const tenant = await app.context.store.findTenant({ id })
  if (!tenant) throw new DomainError('authentication.token-invalid', { reason: 'the token is nobody’s' })
  return { tenant, expiresAtMs }
}

/** A scope names the tenant's own domain, or none. Throws as a wrong password does. */
function checkDomainOf({ huawei }: Tenant, scope: Fields | undefined): void {
  for (const domain of [
    scope?.optionalObject('domain'),
    scope?.optionalObject('project')?.optionalObject('domain'),
  ]) {
    const [id, name] = [domain?.optionalText('id'), domain?.optionalText('name')]
    if ((id ?? huawei.domainId) !== huawei.domainId || (name ?? huawei.domainName) !== huawei.domainName) {
      throw new DomainError('authentication.password-wrong', {})
    }
  }
}

/** The project a scope means, by id or by name (a region's). Throws as a wrong password does: it is not theirs. */
function findProject({ context: { regions } }: App, tenant: Tenant, project: Fields): Scope {
  const id = project.optionalText('id')
  const name = project.optionalText('name')
  const region =
    id === undefined ? resolveRegion(regions, 'huawei', name ?? '') : regionOfProject(tenant, projectId(id))
  if (!region || !tenant.huawei.projects[region]) throw new DomainError('authentication.password-wrong', {})
  return scopeOf(regions, tenant, region, id === undefined ? name : undefined)
}
