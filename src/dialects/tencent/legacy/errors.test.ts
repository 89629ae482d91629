import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DomainError, type FailureCode } from '../../../domain/errors.ts'
import { encodeFailure, encodeSuccess, FAILURES } from './errors.ts'

/** Details that have every member any failure reads. */
const DETAILS = { field: 'F', method: 'GET', fields: ['A', 'B'], ids: ['x'], state: 'active' }

describe('encodeFailure', () => {
  it('has an answer for every failure, in the shape that clients read', () => {
    for (const code of Object.keys(FAILURES) as FailureCode[]) {
      const { status, body } = encodeFailure(new DomainError(code, DETAILS as never))
      const answer = JSON.parse(body) as { code: number; message: string; codeDesc: string }
      assert.equal(status, 200)
      assert.deepEqual(Object.keys(answer), ['code', 'message', 'codeDesc'])
      assert.ok(Number.isInteger(answer.code) && answer.code >= 4000, code)
      assert.ok(answer.message.startsWith(`(${answer.code}) `))
      assert.match(answer.codeDesc, /^[A-Z][A-Za-z]+(\.[A-Z][A-Za-z]+)?$/)
    }
  })
})

describe('encodeSuccess', () => {
  it('has the number 0', () => {
    assert.equal(encodeSuccess({ taskId: 7 }).body, '{"code":0,"message":"","codeDesc":"Success","taskId":7}')
  })
})
