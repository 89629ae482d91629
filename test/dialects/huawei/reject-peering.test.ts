import { alice, bob } from '../../rig/tenants.ts'
import { suiteOfAnswer } from './answer.ts'

suiteOfAnswer({ action: 'reject', status: 'REJECTED', other: 'accept' }, alice, bob)
