import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { parse } from 'yaml'
import { METRICS_TABLE, metricsTable } from '../../scripts/metrics-table.ts'
import { startService, type TestService } from '../rig/service.ts'
import { type Series, scrape } from './exposition.ts'
import { readPromql } from './promql.ts'
import { peerInEveryDialect } from './workflow.ts'

/** Every metric, label and value that the dashboard and the alerts name is there in a service that has done something. */

const deploy = join(import.meta.dirname, '../../deploy')
/** What Prometheus adds, or has of its own. */
const ADDED = ['job', 'instance']
const UP = 'up'

let service: TestService
let series: Series[]
before(async () => {
  service = await startService()
  await peerInEveryDialect(service)
  // What is counted while it is scraped is there with the next one.
  await scrape(service)
  series = await scrape(service)
})
after(() => service.close())

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly summary: string; readonly description: string }
}

function rules(): Rule[] {
  const { groups } = parse(readFileSync(join(deploy, 'prometheus/alerts.yaml'), 'utf8')) as {
    groups: { rules: Rule[] }[]
  }
  return groups.flatMap((group) => group.rules)
}

interface Panel {
  readonly title: string
  readonly targets?: readonly { readonly expr: string }[]
}

function panels(): Panel[] {
  const { panels } = JSON.parse(readFileSync(join(deploy, 'grafana/isthmus.json'), 'utf8')) as {
    panels: Panel[]
  }
  return panels
}

/** What is wrong with an expression; nothing, it is hoped. */
function faultsOf(expression: string): string[] {
  const concrete = expression.replaceAll('$__rate_interval', '5m').replaceAll('$instance', '.*')
  const { selectors, groupings } = readPromql(concrete)
  const faults: string[] = []
  const labels = new Set(ADDED)
  for (const { metric, matchers } of selectors) {
    if (metric === UP) continue
    const found = series.filter(({ name }) => name === metric)
    if (found.length === 0) faults.push(`${metric} is not there`)
    for (const label of found.flatMap((each) => Object.keys(each.labels))) labels.add(label)
    for (const { label, op, value } of matchers) {
      if (ADDED.includes(label)) continue
      if (!found.every((each) => label in each.labels)) faults.push(`${metric} has no label ${label}`)
      // Which codes there have been is not known beforehand; of all other labels every value is there from the start.
      else if (label !== 'code' && !op.startsWith('!')) {
        const fits = (is: string) => (op === '=' ? is === value : new RegExp(`^(?:${value})$`).test(is))
        if (!found.some((each) => fits(each.labels[label] ?? '')))
          faults.push(`${metric} has no ${label} ${value}`)
      }
    }
  }
  if (selectors.length === 0) faults.push('it names no metric')
  return [...faults, ...groupings.filter((label) => !labels.has(label)).map((label) => `no label ${label}`)]
}

suite('what operators are given to watch', () => {
  test('each alert names what is there, and says what to do', () => {
    const faults = rules().flatMap(({ alert, expr }) => faultsOf(expr).map((fault) => `${alert}: ${fault}`))
    assert.deepEqual(faults, [])
    for (const { alert, labels, annotations } of rules()) {
      assert.match(alert, /^Isthmus[A-Z]/)
      assert.match(labels.severity, /^(critical|warning)$/)
      assert.ok(annotations.summary.length > 10 && annotations.description.length > 20, alert)
    }
    assert.ok(rules().length >= 15)
    assert.equal(new Set(rules().map(({ alert }) => alert)).size, rules().length)
  })

  test('each panel of the dashboard names what is there', () => {
    const faults = panels().flatMap(({ title, targets = [] }) =>
      targets.flatMap(({ expr }) => faultsOf(expr).map((fault) => `${title}: ${fault}`)),
    )
    assert.deepEqual(faults, [])
    assert.ok(panels().flatMap(({ targets = [] }) => targets).length >= 40)
  })

  test('every metric of the service is on the dashboard or in an alert', () => {
    const expressions = [...rules(), ...panels().flatMap(({ targets = [] }) => targets)].map(
      ({ expr }) => expr,
    )
    const own = new Set(series.map(({ name }) => name).filter((name) => name.startsWith('isthmus_')))
    const unwatched = [...own].filter((name) => {
      const base = name.replace(/_(?:bucket|sum|count)$/, '')
      return !expressions.some((expression) => expression.includes(base))
    })
    assert.deepEqual(unwatched, [])
  })

  test('docs/operating.md has the table of metrics as they are', () => {
    const page = readFileSync(join(deploy, '../docs/operating.md'), 'utf8')
    const [, begin, end] = METRICS_TABLE.exec(page) ?? []
    assert.ok(page.includes(`${begin}${metricsTable()}${end}`), 'run: npm run docs')
    const shown = new Set(series.map(({ name }) => name.replace(/_(?:bucket|sum|count)$/, '')))
    for (const [, name = ''] of metricsTable().matchAll(/^\| `(isthmus_\w+)`/gm))
      assert.ok(shown.has(name), name)
  })

  test('a metric, a label or a value that is not there would be found', () => {
    assert.deepEqual(faultsOf('sum by (colour) (rate(isthmus_nothing_total[5m]))'), [
      'isthmus_nothing_total is not there',
      'no label colour',
    ])
    assert.deepEqual(faultsOf('isthmus_ready{portion="store"} == 0'), ['isthmus_ready has no label portion'])
    assert.deepEqual(faultsOf('isthmus_ready{part="stove"} == 0'), ['isthmus_ready has no part stove'])
    assert.throws(() => faultsOf('sum(isthmus_ready'), /not PromQL/)
  })
})
