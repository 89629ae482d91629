import { operation } from '../../../dialect.ts'
import type { TencentCall } from '../../call.ts'
import { resultOfTask } from '../task.ts'

/** Done. Source: legacy page "DescribeVpcTaskResult", status. */
const DONE = 0

/**
 * What came of a task. `output` is on no page; a client in use reads the id from it without looking whether it is
 * there, after every kind of task. Source: legacy page "DescribeVpcTaskResult"; that client.
 */
export const showTask = operation({
  name: 'DescribeVpcTaskResult',
  decode: (call: TencentCall) => ({ taskId: call.fields().integer('taskId', { min: 0 }) }),
  run: resultOfTask,
  encode: (uniqVpcPeerId) => ({
    data: { status: DONE, output: { errorCode: 0, errorMsg: '', uniqVpcPeerId } },
  }),
})
