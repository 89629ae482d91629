import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { regionName } from './identity.ts'
import { DEFAULT_REGIONS, type Region, regionNameIn, resolveRegion } from './region.ts'

const DIALECTS = ['huawei', 'alibaba', 'tencent'] as const
const [frankfurt, amsterdam, attic] = [regionName('frankfurt'), regionName('amsterdam'), regionName('attic')]
const regions: readonly Region[] = [
  { name: frankfurt, huawei: ['eu-de', 'eu-de-01'], alibaba: ['eu-central-1'], tencent: ['eu-frankfurt'] },
  { name: amsterdam, huawei: ['eu-nl'], alibaba: ['eu-west-1'], tencent: [] },
  // Called what another cloud calls Frankfurt.
  { name: attic, huawei: [], alibaba: ['eu-de'], tencent: [] },
]

describe('resolveRegion', () => {
  it('knows a region by every name that the dialect has for it, and by its own', () => {
    assert.equal(resolveRegion(regions, 'huawei', 'eu-de'), frankfurt)
    assert.equal(resolveRegion(regions, 'huawei', 'eu-de-01'), frankfurt)
    assert.equal(resolveRegion(regions, 'alibaba', 'eu-central-1'), frankfurt)
    for (const dialect of DIALECTS) {
      for (const { name } of regions) assert.equal(resolveRegion(regions, dialect, name), name)
    }
  })

  it('does not know it by what another dialect calls it', () => {
    assert.equal(resolveRegion(regions, 'tencent', 'eu-de'), null)
    assert.equal(resolveRegion(regions, 'alibaba', 'eu-de'), attic)
    assert.equal(resolveRegion(regions, 'huawei', 'eu-west-1'), null)
  })

  it('knows no other name', () => {
    for (const name of ['', 'Frankfurt', 'eu', 'frankfurt ', 'constructor']) {
      for (const dialect of DIALECTS) assert.equal(resolveRegion(regions, dialect, name), null)
    }
    assert.equal(resolveRegion([], 'huawei', 'eu-de'), null)
  })

  it("prefers a region's own name to another region's alias of it", () => {
    const own = regionName('eu-de')
    const crossed: readonly Region[] = [
      { name: frankfurt, huawei: ['eu-de'], alibaba: [], tencent: [] },
      { name: own, huawei: [], alibaba: [], tencent: [] },
    ]
    assert.equal(resolveRegion(crossed, 'huawei', 'eu-de'), own)
  })
})

describe('regionNameIn', () => {
  it('answers the first of the names, or its own where there is none', () => {
    assert.equal(regionNameIn(regions, 'huawei', frankfurt), 'eu-de')
    assert.equal(regionNameIn(regions, 'tencent', amsterdam), 'amsterdam')
    assert.equal(regionNameIn(regions, 'tencent', regionName('gone')), 'gone')
  })

  it('answers what resolveRegion takes back', () => {
    for (const known of [regions, DEFAULT_REGIONS]) {
      for (const dialect of DIALECTS) {
        for (const { name } of known) {
          assert.equal(resolveRegion(known, dialect, regionNameIn(known, dialect, name)), name)
        }
      }
    }
  })
})
