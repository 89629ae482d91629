import { after, before, it } from 'node:test'
import { hasOvn, OVN_NEEDS, type Ovn, startOvn } from '../../../../test/rig/ovn.ts'
import { requires } from '../../../../test/rig/requirements.ts'
import { dataPlaneContract } from '../data-plane.contract.ts'
import { openOvnWorld } from './ovn.fixtures.ts'

if (hasOvn) {
  let ovn: Ovn
  before(async () => {
    ovn = await startOvn()
  })
  after(() => ovn.dispose())
  dataPlaneContract('OVN', () => openOvnWorld(ovn))
} else it('the DataPlane port over OVN', (test) => void requires(test, OVN_NEEDS, false))
