import { DomainError } from '../../../../domain/errors.ts'
import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { whole } from '../call.ts'

/** Source: service `cam`, "DescribeSubAccounts". */
const NUMBERS_MAX = 50

/**
 * Listing users below an account, of which there are none here. Source: service `cam`, "DescribeSubAccounts";
 * Terraform provider.
 */
export const listUsers = operation({
  name: 'DescribeSubAccounts',
  decode: (call: TencentCall) =>
    whole(call.fields(), (fields) => {
      const numbers = fields.integers('FilterSubAccountUin', { min: 0 })
      const field = 'FilterSubAccountUin'
      if (numbers.length === 0) throw new DomainError('request.missing', { field })
      if (numbers.length <= NUMBERS_MAX) return numbers
      const reason = `holds more than ${NUMBERS_MAX} numbers`
      throw new DomainError('request.invalid', { field, problem: 'too-long', reason, value: '' })
    }),
  run: async () => [],
  encode: (SubAccounts) => ({ SubAccounts }),
})
