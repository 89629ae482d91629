import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, it, suite, test } from 'node:test'
import { promisify } from 'node:util'
import { parseAllDocuments } from 'yaml'
import { parseServeOptions } from '../src/server/options.ts'
import { postgresSuite } from './rig/postgres.ts'
import { hasProgram, requires } from './rig/requirements.ts'
import { native, spawnService } from './rig/service.ts'

/**
 * What `deploy/` says, held against the service as far as a machine without a container engine, a cluster or a running
 * systemd allows: names and paths are the service's own, systemd's own checker has nothing to say, and the service lives
 * on what it is given there.
 */
const ROOT = join(import.meta.dirname, '..')
const run = promisify(execFile)
const read = (path: string) => readFileSync(join(ROOT, 'deploy', path), 'utf8')

/** Throws where one of them is no option, or its value is none. */
const asOptions = (variables: Record<string, string>) => parseServeOptions([], variables)

suite('the container', () => {
  const text = read('container/Containerfile')
  const instructions = text.split('\n').filter((line) => /^[A-Z]+ /.test(line))
  const last = (name: string) =>
    instructions.findLast((line) => line.startsWith(`${name} `))?.slice(name.length + 1) ?? ''

  test('copies what there is, and what the build makes', () => {
    const { scripts, files, bin } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    const copied = [...text.matchAll(/^COPY --from=build \/build\/(\S+) \S+$/gm)].map(([, path]) => path)
    assert.deepEqual(copied.sort(), ['dist/console', 'lib', 'node_modules', 'package.json'])
    for (const path of files) assert.ok(copied.includes(path), path)
    for (const [, script] of text.matchAll(/npm run (\w+)/g)) assert.ok(scripts[script ?? ''], script)
    assert.deepEqual(JSON.parse(last('ENTRYPOINT')), ['node', `/opt/isthmus/${bin.isthmus}`])
    assert.deepEqual(JSON.parse(last('CMD')), ['serve'])
  })

  test('runs as nobody in particular, on a directory and a port that its options name', () => {
    const variables = Object.fromEntries(
      [...last('ENV').matchAll(/(ISTHMUS_\w+)=(\S+)/g)].map(([, name, value]) => [name, value]),
    )
    const options = asOptions(variables)
    assert.deepEqual(options.listen, { host: '0.0.0.0', port: Number(last('EXPOSE')) })
    assert.equal(options.data, last('VOLUME'))
    assert.equal(last('USER'), 'node')
  })
})

suite('the systemd unit', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'isthmus-units-'))
  const unit = join(scratch, 'isthmus.service')
  after(() => rmSync(scratch, { recursive: true, force: true }))
  // The program need not be installed here: one that is stands for it.
  writeFileSync(unit, read('systemd/isthmus.service').replace('/usr/local/bin/isthmus', '/bin/true'))

  test('is one that systemd has nothing to say about, by itself and with each of its drop-ins', async (t) => {
    if (!requires(t, 'systemd-analyze', hasProgram('systemd-analyze'))) return
    for (const dropIn of [
      null,
      ...readdirSync(join(ROOT, 'deploy/systemd')).filter((name) => name.endsWith('.conf')),
    ]) {
      const directory = join(scratch, 'isthmus.service.d')
      mkdirSync(directory, { recursive: true })
      if (dropIn) writeFileSync(join(directory, dropIn), read(`systemd/${dropIn}`))
      const { stderr } = await run('systemd-analyze', ['verify', '--man=no', unit])
      assert.equal(stderr, '', dropIn ?? 'by itself')
      rmSync(directory, { recursive: true })
    }
  })

  test('leaves little open', async (t) => {
    if (!requires(t, 'systemd-analyze', hasProgram('systemd-analyze'))) return
    // From 0 to 100; systemd calls what is below 20 safe.
    await run('systemd-analyze', ['security', '--offline=yes', '--threshold=20', unit])
  })

  test('names options that there are', () => {
    for (const file of readdirSync(join(ROOT, 'deploy/systemd'))) {
      const given = [...read(`systemd/${file}`).matchAll(/(ISTHMUS_\w+)=(\S+)/g)]
      asOptions(Object.fromEntries(given.map(([, name, value]) => [name, value])))
    }
  })
})

postgresSuite('the Kubernetes manifest', (server) => {
  type Manifest = { readonly kind: string; readonly metadata: { name: string }; readonly spec: never }
  const manifests = parseAllDocuments(read('kubernetes/isthmus.yaml')).map((document) => {
    assert.deepEqual(document.errors, [])
    return document.toJS() as Manifest
  })
  const specOf = (kind: string): never => {
    const found = manifests.find((manifest) => manifest.kind === kind)
    assert.ok(found, kind)
    return found.spec
  }
  const deployment: {
    replicas: number
    selector: { matchLabels: object }
    template: { metadata: { labels: object }; spec: { containers: Container[]; volumes: Volume[] } }
  } = specOf('Deployment')
  interface Container {
    env: { name: string; value?: string; valueFrom?: { secretKeyRef: { key: string } } }[]
    ports: { name: string; containerPort: number }[]
    volumeMounts: { name: string; mountPath: string; readOnly: boolean }[]
    securityContext: object
    startupProbe: Probe
    livenessProbe: Probe
    readinessProbe: Probe
  }
  interface Probe {
    httpGet: { path: string; port: string }
  }
  interface Volume {
    name: string
    secret: { items: { key: string; path: string }[] }
  }
  const [container] = deployment.template.spec.containers
  assert.ok(container)

  it('keeps two of three replicas, and sends to those that are ready', () => {
    const budget: { minAvailable: number; selector: object } = specOf('PodDisruptionBudget')
    const service: { selector: object; ports: { targetPort: string }[] } = specOf('Service')
    assert.equal(deployment.replicas, 3)
    assert.equal(budget.minAvailable, 2)
    const labels = deployment.template.metadata.labels
    assert.deepEqual(deployment.selector.matchLabels, labels)
    assert.deepEqual(budget.selector, { matchLabels: labels })
    assert.deepEqual(service.selector, labels)
    const ports = container.ports.map(({ name }) => name)
    for (const port of [...service.ports.map(({ targetPort }) => targetPort)]) assert.ok(ports.includes(port))
    assert.deepEqual(container.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
  })

  it('gives a replica all that it needs, and nowhere to write', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'isthmus-replica-'))
    const [mount] = container.volumeMounts
    const volume = deployment.template.spec.volumes.find(({ name }) => name === mount?.name)
    assert.equal(mount?.readOnly, true)
    const database = await server().createDatabase()
    const secrets: Record<string, string> = {
      'database-url': database.url,
      'admin-token': 'a-token',
      'master.key': 'ab'.repeat(32),
    }
    for (const { key, path } of volume?.secret.items ?? [])
      writeFileSync(join(directory, path), secrets[key] ?? '')
    const variables = Object.fromEntries(
      container.env.map(({ name, value, valueFrom }) => [
        name,
        value ?? secrets[valueFrom?.secretKeyRef.key ?? ''],
      ]),
    ) as Record<string, string>
    const options = asOptions(variables)
    assert.equal(options.data, mount?.mountPath)
    assert.equal(options.listen.port, container.ports[0]?.containerPort)
    const before = readdirSync(directory)
    const token = variables['ISTHMUS_ADMIN_TOKEN'] ?? ''
    const given = ['--database-url', variables['ISTHMUS_DATABASE_URL'] ?? '', '--admin-token', token]
    const service = await spawnService({ directory, bootstrap: null, args: given })
    try {
      for (const probe of [container.startupProbe, container.livenessProbe, container.readinessProbe]) {
        assert.equal((await fetch(service.url + probe.httpGet.path)).status, 200, probe.httpGet.path)
        assert.ok(container.ports.some(({ name }) => name === probe.httpGet.port))
      }
      assert.equal((await native(service, token, 'GET', '/tenants')).status, 200)
      assert.deepEqual(readdirSync(directory), before)
    } finally {
      await service.close()
      await database.drop()
      rmSync(directory, { recursive: true, force: true })
    }
  })

  it('is applied with a secret that has every key it asks for', () => {
    const told = [...read('kubernetes/isthmus.yaml').matchAll(/--from-literal=([\w.-]+)=/g)].map(
      ([, key]) => key,
    )
    const asked = container.env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef.key ?? [])
    const mounted = deployment.template.spec.volumes.flatMap(({ secret }) =>
      secret.items.map(({ key }) => key),
    )
    assert.deepEqual([...asked, ...mounted].sort(), told.sort())
  })
})

test('nothing is named that is not there', () => {
  for (const [, path] of [
    'container/Containerfile',
    'systemd/isthmus.service',
    'kubernetes/isthmus.yaml',
  ].flatMap((file) => [...read(file).matchAll(/\b(deploy\/[\w./-]+\w)/g)])) {
    assert.ok(existsSync(join(ROOT, path ?? '')), path)
  }
})
