import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DomainError, type FailureCode, type InvalidValue } from '../../../domain/errors.ts'
import { encodeFailure, FAILURES, narrow } from './errors.ts'
import { ROUTES } from './routes.ts'

/** Details that have every member any failure reads. */
const DETAILS = {
  field: 'F',
  problem: 'type',
  method: 'GET',
  fields: ['A', 'B'],
  ids: ['x'],
  state: 'active',
}

function codeOf(error: DomainError, documented: readonly string[]): string {
  const { body, status, headers } = encodeFailure(error, documented, 'the-request')
  assert.deepEqual([status, headers], [200, { 'content-type': 'application/json' }])
  const { Response } = JSON.parse(body) as {
    Response: { Error: { Code: string; Message: string }; RequestId: string }
  }
  assert.equal(Response.RequestId, 'the-request')
  assert.ok(Response.Error.Message.length > 0)
  return Response.Error.Code
}

describe('encodeFailure', () => {
  it('has an answer for every failure, and for every action one that its page lists', () => {
    for (const code of Object.keys(FAILURES) as FailureCode[]) {
      for (const { operation, codes } of ROUTES) {
        const answered = codeOf(new DomainError(code, DETAILS as never), codes)
        const listed =
          !answered.includes('.') || answered.startsWith('AuthFailure.') || codes.includes(answered)
        assert.ok(listed, `${operation.name} ${code} ${answered}`)
      }
    }
  })

  const VALUES: readonly [string, InvalidValue, string][] = [
    ['PeeringConnectionId', 'format', 'InvalidParameterValue.Malformed'],
    ['Limit', 'range', 'InvalidParameterValue.Range'],
    ['Limit', 'type', 'InvalidParameter'],
    ['Filters.0.Values.0', 'too-long', 'InvalidParameterValue.TooLong'],
    ['Filters.3', 'type', 'InvalidParameter.FilterNotDict'],
    ['Version', 'range', 'NoSuchVersion'],
  ]
  const describePeerings = ROUTES.find(({ operation }) => operation.name === 'DescribeVpcPeeringConnections')
  for (const [field, problem, expected] of VALUES) {
    it(`says ${expected} of a ${field} of the wrong ${problem}`, () => {
      const error = new DomainError('request.invalid', { field, problem, reason: 'is wrong', value: 'x' })
      assert.equal(codeOf(error, describePeerings?.codes ?? []), expected)
    })
  }
})

describe('narrow', () => {
  it('keeps what is listed, and what every action may answer; the rest is cut to its family', () => {
    assert.equal(
      narrow('InvalidParameterValue.TooLong', ['InvalidParameterValue.TooLong']),
      'InvalidParameterValue.TooLong',
    )
    assert.equal(narrow('InvalidParameterValue.TooLong', []), 'InvalidParameterValue')
    assert.equal(narrow('AuthFailure.TokenFailure', []), 'AuthFailure.TokenFailure')
    assert.equal(narrow('InvalidAction', []), 'InvalidAction')
  })
})
