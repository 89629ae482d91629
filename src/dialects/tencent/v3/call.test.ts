import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { WireRequest } from '../../wire.ts'
import { isApi3, readCall } from './call.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const OURS = 'Action=DescribeVpcs&Version=2017-03-12'

function request(changes: Partial<Omit<WireRequest, 'body'>> & { body?: string }): WireRequest {
  const { body = '', ...rest } = changes
  return {
    method: 'POST',
    path: '/',
    query: '',
    headers: {},
    remoteAddress: '',
    ...rest,
    body: Buffer.from(body),
  }
}

describe('isApi3', () => {
  const YES: Record<string, WireRequest> = {
    'an action in a header': request({ headers: { 'x-tc-action': 'DescribeVpcs' } }),
    'a TC3 signature': request({ headers: { authorization: 'TC3-HMAC-SHA256 x' } }),
    'an action and the version in the query': request({ method: 'GET', query: OURS }),
    'both in a form': request({ headers: FORM, body: OURS }),
  }
  for (const [what, wire] of Object.entries(YES)) it(`is: ${what}`, () => assert.equal(isApi3(wire), true))

  const NO: Record<string, WireRequest> = {
    'another path': request({ path: '/v2/index.php', headers: { 'x-tc-action': 'DescribeVpcs' } }),
    'another version': request({ query: 'Action=DescribeVpcs&Version=2016-04-28' }),
    'no action': request({ query: 'Version=2017-03-12' }),
    'no version': request({ query: 'Action=DescribeVpcs' }),
    'Alibaba Cloud’s headers': request({ headers: { 'x-acs-action': 'DescribeVpcs' } }),
    'parameters in a body that is no form': request({
      headers: { 'content-type': 'application/json' },
      body: OURS,
    }),
    nothing: request({}),
  }
  for (const [what, wire] of Object.entries(NO))
    it(`is not: ${what}`, () => assert.equal(isApi3(wire), false))
})

describe('readCall', () => {
  it('takes what belongs to the action from where the signature says', () => {
    const inHeaders = request({
      headers: { 'x-tc-action': 'A', 'x-tc-version': '2017-03-12', 'x-tc-region': 'gz' },
      body: '{"Name":"json"}',
      query: 'Action=B&Region=sh&Name=query',
    })
    const call = readCall(inHeaders)
    assert.deepEqual([call.action, call.region, call.fields().text('Name')], ['A', 'gz', 'json'])
    const inParameters = readCall(request({ query: `${OURS}&Region=sh&Nonce=1&Names.0=x` }))
    const fields = inParameters.fields()
    assert.deepEqual(
      [inParameters.action, inParameters.region, fields.texts('Names'), fields.unread()],
      ['DescribeVpcs', 'sh', ['x'], null],
    )
  })
})
