import { tenantOf } from '../../../app/context.ts'
import { operation } from '../../dialect.ts'
import { baseUrl, type HuaweiCall } from '../call.ts'

/**
 * Querying users: an account has one here. Source: IAM API reference, "Listing IAM Users"; a Terraform provider asks for
 * its own user by name.
 */
export const listUsers = operation({
  name: 'GET /v3/users',
  decode: ({ query }: HuaweiCall) => ({ name: query.optionalText('name') }),
  run: async (_app, caller, { name }) => {
    const { huawei } = tenantOf(caller, 'iam:users:list')
    return name === undefined || name === huawei.userName ? [huawei] : []
  },
  encode: (users, { request }) => ({
    users: users.map(({ userId, userName, domainId }) => ({
      id: userId,
      name: userName,
      domain_id: domainId,
      enabled: true,
      password_expires_at: null,
      description: '',
      links: { self: `${baseUrl(request)}/v3/users/${userId}` },
    })),
    links: { self: `${baseUrl(request)}${request.path}`, next: null, previous: null },
  }),
})
