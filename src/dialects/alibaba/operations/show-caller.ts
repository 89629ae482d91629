import { tenantOf } from '../../../app/context.ts'
import { operation } from '../../dialect.ts'
import type { AlibabaCall } from '../call.ts'

/** GetCallerIdentity: the account that signs; its number is text here. Source: "GetCallerIdentity" of STS 2015-04-01. */
export const showCaller = operation({
  name: '2015-04-01 GetCallerIdentity',
  decode: (_call: AlibabaCall) => ({}),
  run: async (_app, caller) => tenantOf(caller, 'sts:GetCallerIdentity'),
  encode: ({ alibaba: { uid } }) => ({
    AccountId: uid,
    UserId: uid,
    PrincipalId: uid,
    IdentityType: 'Account',
    Arn: `acs:ram::${uid}:root`,
  }),
})
