import assert from 'node:assert/strict'
import { mkdtempSync, renameSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { UsageError } from '../../src/server/options.ts'
import { DIALECTS, NATIVE } from '../dialects/every.ts'
import { ADMIN_TOKEN, native, spawnService, startService, type TestService } from '../rig/service.ts'
import { alice, bob, vpcOf } from '../rig/tenants.ts'
import { closedAfter } from './closing.ts'
import { keptLog, type Line, linesOf, until } from './lines.ts'
import { impersonate, peerInEveryDialect } from './workflow.ts'

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'isthmus-audit-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return folder
}

async function audited(t: TestContext): Promise<{ service: TestService; path: string; lines: () => Line[] }> {
  const path = join(folderFor(t), 'audit.log')
  const service = await startService({ args: ['--audit-log', path] })
  closedAfter(t, service)
  return { service, path, lines: () => linesOf(path) }
}

const ask = (service: TestService, number: number, name: string) =>
  NATIVE.ask(service, vpcOf(alice, number).ids, vpcOf(bob, number).ids, name)

test('the audit log says who changed what, from where, in every dialect', async (t) => {
  const { service, lines } = await audited(t)
  await peerInEveryDialect(service)
  const changes = await until(() => {
    const found = lines().filter(({ kind }) => kind === 'change')
    return found.length >= 6 * DIALECTS.length ? found : null
  })
  assert.deepEqual(
    changes.map(({ dialect, change, outcome }) => `${dialect} ${change} ${outcome}`),
    DIALECTS.flatMap(({ name }) => {
      const dialect = name.split(' ')[0]?.toLowerCase()
      const acts = [
        'createPeering',
        'rejectPeering',
        'deletePeering',
        'createPeering',
        'acceptPeering',
        'deletePeering',
      ]
      return acts.map((act) => `${dialect} ${act} ok`)
    }),
  )
  const events: { body: { events: { actor: { requestId: string | null } }[] } } = await native(
    service,
    ADMIN_TOKEN,
    'GET',
    '/events?limit=100',
  )
  assert.deepEqual(
    changes.map(({ requestId }) => requestId),
    events.body.events.map(({ actor }) => actor.requestId),
    'the event log has the same request ids',
  )
  for (const { actor, remoteAddress, operation, target, change } of changes) {
    assert.equal(remoteAddress, '127.0.0.1')
    assert.equal(typeof operation, 'string')
    const { kind, name, accessKeyId } = actor as Record<string, string>
    const who = /reject|accept/.test(String(change)) ? bob : null
    assert.equal(kind, 'tenant')
    if (who) assert.deepEqual([name, accessKeyId], [who.name, who.key.id])
    assert.ok(Object.keys(target as object).length > 0)
  }
})

test('the audit log has what was refused, and what was only tried out', async (t) => {
  const { service, lines } = await audited(t)
  const id = await ask(service, 1, 'asked')
  const token = `${alice.key.id}.${alice.key.secret}`
  await native(service, token, 'POST', `/peerings/${id}/accept`)
  const [requester, accepter] = [vpcOf(alice, 2).ids.huawei, vpcOf(bob, 2).ids.huawei]
  const body = { requesterVpc: requester, accepterVpc: accepter, name: 'dry' }
  await native(service, token, 'POST', '/peerings?dryRun=true', body)
  await native(service, token, 'GET', '/peerings')
  const last = await until(() => (lines().length >= 3 ? lines().slice(1) : null))
  assert.deepEqual(
    last.map(({ change, target, outcome, dryRun = false }) => ({ change, target, outcome, dryRun })),
    [
      { change: 'acceptPeering', target: { id }, outcome: 'peering.wrong-side', dryRun: false },
      {
        change: 'createPeering',
        target: { name: 'dry', requesterVpc: requester, accepterVpc: accepter },
        outcome: 'ok',
        dryRun: true,
      },
    ],
  )
})

test('the audit log has every sender who could not prove who they are', async (t) => {
  const { service, lines } = await audited(t)
  await impersonate(service)
  await fetch(`${service.url}/isthmus/v1/vpcs`)
  const refused = await until(() => (lines().length >= 6 ? lines() : null))
  assert.deepEqual(
    refused.map(({ kind, dialect, outcome, actor }) => [kind, dialect, outcome, actor]),
    [
      ['native', 'authentication.token-invalid'],
      ...['huawei', 'alibaba', 'tencent', 'tencent'].map((name) => [
        name,
        'authentication.signature-mismatch',
      ]),
      ['native', 'authentication.missing'],
    ].map(([dialect, outcome], index) => [
      'authentication',
      dialect,
      outcome,
      { kind: 'unknown', accessKeyId: index < 5 ? alice.key.id : null },
    ]),
  )
})

test("the audit log is its owner's alone, there within 100 ms, and only added to", async (t) => {
  const { service, path, lines } = await audited(t)
  assert.equal(statSync(path).mode & 0o777, 0o600)
  await ask(service, 1, 'first')
  const answeredAtMs = performance.now()
  await until(() => (lines().length === 1 ? true : null))
  assert.ok(performance.now() - answeredAtMs < 1_000, 'a busy machine is allowed ten times as long')
  await service.close()
  const again = await startService({ args: ['--audit-log', path] })
  closedAfter(t, again)
  await ask(again, 1, 'second')
  await again.close()
  assert.equal(lines().length, 2, 'what was added last is there once the service has stopped')
})

test('a hang-up signal opens the audit log anew', async (t) => {
  const path = join(folderFor(t), 'audit.log')
  const service = await spawnService({ args: ['--audit-log', path] })
  t.after(() => service.close())
  await ask(service, 1, 'before')
  await until(() => (linesOf(path).length === 1 ? true : null))
  renameSync(path, `${path}.1`)
  service.process.kill('SIGHUP')
  await until(() => (statSync(path, { throwIfNoEntry: false }) ? true : null))
  await ask(service, 2, 'after')
  const line = await until(() => linesOf(path)[0] ?? null)
  assert.equal((line['target'] as { name: string }).name, 'after')
  assert.equal(linesOf(`${path}.1`).length, 1)
})

test('a service does not start without its audit log, and says so loudly where it is lost later', async (t) => {
  const nowhere = startService({ args: ['--audit-log', join(folderFor(t), 'missing', 'audit.log')] })
  await assert.rejects(nowhere, (error) => {
    assert.ok(error instanceof UsageError)
    assert.match(error.message, /^--audit-log .*: ENOENT/)
    return true
  })

  const log = keptLog()
  const service = await startService({ logger: log.logger, args: ['--audit-log', '/dev/full'] })
  t.after(() => service.close())
  await ask(service, 1, 'answered all the same')
  const complaint = await until(() => log.lines().find(({ level }) => level === 50) ?? null)
  assert.match(String(complaint['msg']), /^THE AUDIT LOG CANNOT BE WRITTEN/)
  assert.match(String(complaint['reason']), /ENOSPC/)
  const metrics = await (await fetch(`${service.url}/metrics`)).text()
  assert.match(metrics, /^isthmus_audit_log_failures_total [1-9]/m)
})
