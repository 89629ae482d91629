import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { regionName } from '../../domain/identity.ts'
import type { Region } from '../../domain/region.ts'
import { decodeRegion, shortCode } from './regions.ts'

const [south, east, attic] = [regionName('south'), regionName('east'), regionName('attic')]
const regions: readonly Region[] = [
  { name: south, huawei: [], alibaba: [], tencent: ['ap-guangzhou'] },
  { name: east, huawei: [], alibaba: [], tencent: ['sh'] },
  { name: attic, huawei: [], alibaba: [], tencent: [] },
]

describe('decodeRegion', () => {
  it('knows a region by its long name, its short code, and its own name, whichever the operator gave', () => {
    for (const text of ['ap-guangzhou', 'gz', 'south']) assert.equal(decodeRegion(regions, text), south)
    for (const text of ['ap-shanghai', 'sh', 'east']) assert.equal(decodeRegion(regions, text), east)
    assert.equal(decodeRegion(regions, 'attic'), attic)
  })

  it('knows no others', () => {
    for (const text of ['', 'GZ', 'bj', 'ap-beijing', 'ap-gz', 'constructor', 'toString']) {
      assert.equal(decodeRegion(regions, text), null)
    }
  })
})

describe('shortCode', () => {
  it('is the vendor’s, and null where the vendor has no such region', () => {
    assert.equal(shortCode(regions, south), 'gz')
    assert.equal(shortCode(regions, east), 'sh')
    assert.equal(shortCode(regions, attic), null)
    assert.equal(shortCode(regions, regionName('gone')), null)
  })
})
