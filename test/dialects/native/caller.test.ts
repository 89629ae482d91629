import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { startService, type TestService } from '../../rig/service.ts'
import { alice } from '../../rig/tenants.ts'
import { asOperator, assertProblem, asTenant, withToken } from './client.ts'

let service: TestService
before(async () => {
  service = await startService()
})
after(() => service.close())

suite('whom a token stands for', () => {
  test('the operator', async () => {
    const { status, body } = await asOperator(service)('GET', '/caller')
    assert.equal(status, 200)
    assert.deepEqual(body as unknown, { operator: true, tenant: null, dataPlane: 'none' })
  })

  test('a tenant', async () => {
    const { body } = await asTenant(service, alice)('GET', '/caller')
    const { body: self } = await asOperator(service)('GET', '/tenants/alice')
    assert.deepEqual(body as unknown, {
      operator: false,
      tenant: { id: self.id, name: 'alice' },
      dataPlane: 'none',
    })
  })

  test('nobody', async () => {
    const answer = await withToken(service, 'AKALICE.wrong')('GET', '/caller')
    assertProblem(answer, 401, 'authentication.token-invalid', 'The token is not valid.')
  })
})
