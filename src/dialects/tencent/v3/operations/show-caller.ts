import { tenantOf } from '../../../../app/context.ts'
import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { whole } from '../call.ts'

/** Who signed the request. Source: service `sts`, "GetCallerIdentity"; Terraform provider. */
export const showCaller = operation({
  name: 'GetCallerIdentity',
  decode: (call: TencentCall) => whole(call.fields(), () => null),
  run: async (_app, caller) => tenantOf(caller, 'GetCallerIdentity').tencent,
  encode: ({ uin }) => ({
    Arn: `qcs::cam::uin/${uin}:uin/${uin}`,
    AccountId: uin,
    UserId: uin,
    PrincipalId: uin,
    Type: 'RootAccount',
  }),
})
