import { tenantOf } from '../../../../app/context.ts'
import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { whole } from '../call.ts'

/** The account numbers of whoever asks. Source: service `cam`, "GetUserAppId"; Terraform provider. */
export const showAccount = operation({
  name: 'GetUserAppId',
  decode: (call: TencentCall) => whole(call.fields(), () => null),
  run: async (_app, caller) => tenantOf(caller, 'GetUserAppId').tencent,
  encode: ({ uin, appId }) => ({ Uin: uin, OwnerUin: uin, AppId: Number(appId) }),
})
