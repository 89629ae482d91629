import { alice, bob } from '../../rig/tenants.ts'
import { suiteOfAnswer } from './answer.ts'

suiteOfAnswer({ action: 'accept', status: 'ACTIVE', other: 'reject' }, alice, bob)
