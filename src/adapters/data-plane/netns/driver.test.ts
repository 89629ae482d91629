import { it } from 'node:test'
import { requires } from '../../../../test/rig/requirements.ts'
import { dataPlaneContract } from '../data-plane.contract.ts'
import { openKernel } from './kernel.ts'
import { openNetnsWorld } from './netns.fixtures.ts'

const lacking = await openKernel().then(
  (kernel) => kernel.close().then(() => null),
  (error: Error) => error.message,
)

if (lacking === null) dataPlaneContract('network namespaces', openNetnsWorld)
else
  it('the DataPlane port over network namespaces', (test) =>
    void requires(test, `network namespaces (${lacking})`, false))
