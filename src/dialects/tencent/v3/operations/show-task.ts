import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { resultOfTask } from '../../legacy/task.ts'
import { whole } from '../call.ts'

/** Source: API 3.0 "DescribeVpcTaskResult", "Status". */
const DONE = 'SUCCESS'

/**
 * What came of a task. No action of this API here leaves one behind: what it answers is done. Tasks of the legacy API
 * are found by their numbers. Source: API 3.0 "DescribeVpcTaskResult".
 */
export const showTask = operation({
  name: 'DescribeVpcTaskResult',
  decode: (call: TencentCall) =>
    whole(call.fields(), (fields) => ({ taskId: fields.text('TaskId', { min: 1, max: 100 }) })),
  run: resultOfTask,
  encode: (ResourceId) => ({ Status: DONE, Output: '', Result: [{ ResourceId, Status: DONE }] }),
})
