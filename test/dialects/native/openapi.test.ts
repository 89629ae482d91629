import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { ROUTES } from '../../../src/dialects/native/routes.ts'
import { startService, type TestService } from '../../rig/service.ts'

interface Media {
  readonly schema: unknown
}
interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly schema: unknown
}
interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly required: boolean; readonly content: Record<string, Media> }
  readonly responses: Record<
    string,
    { readonly description: string; readonly content?: Record<string, Media> }
  >
}
interface Document {
  readonly openapi: string
  readonly info: { readonly title: string; readonly version: string }
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { readonly securitySchemes: Record<string, { type: string; scheme: string }> }
  readonly security: readonly Record<string, readonly string[]>[]
}

let service: TestService
let response: Response
let document: Document
let operations: { path: string; method: string; operation: Operation }[]
before(async () => {
  service = await startService()
  response = await fetch(`${service.url}/isthmus/v1/openapi.json`)
  document = (await response.json()) as Document
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  )
})
after(() => service.close())

const TYPES = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null']
const ANNOTATIONS = ['description', 'default', 'title', 'examples', 'format']
const ASSERTIONS = [
  'type',
  'required',
  'minLength',
  'maxLength',
  'pattern',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'minProperties',
]
const KEYWORDS = [
  ...ANNOTATIONS,
  ...ASSERTIONS,
  'properties',
  'additionalProperties',
  'items',
  'anyOf',
  'enum',
  'const',
]

/** Whether this is a schema of JSON Schema 2020-12, as far as it goes: nothing of older drafts or of OpenAPI 3.0. */
function assertSchema(schema: unknown, where: string): void {
  if (typeof schema === 'boolean') return
  assert.ok(typeof schema === 'object' && schema !== null && !Array.isArray(schema), where)
  const {
    type,
    properties = {},
    required = [],
    items,
    additionalProperties,
    anyOf = [],
    pattern,
  } = schema as Record<string, never>
  for (const keyword of Object.keys(schema)) assert.ok(KEYWORDS.includes(keyword), `${where}: ${keyword}`)
  if (type !== undefined) assert.ok(TYPES.includes(type), `${where}: ${type}`)
  if (pattern !== undefined) new RegExp(pattern, 'u')
  for (const [name, each] of Object.entries(properties)) assertSchema(each, `${where}.${name}`)
  for (const name of required as string[]) assert.ok(Object.hasOwn(properties, name), `${where}: ${name}`)
  if (items !== undefined) assertSchema(items, `${where}[]`)
  if (additionalProperties !== undefined) assertSchema(additionalProperties, `${where}.*`)
  for (const each of anyOf as unknown[]) assertSchema(each, `${where}|`)
}

suite('the document', () => {
  test('is OpenAPI 3.1, as JSON, for everybody', () => {
    assert.equal(response.status, 200)
    assert.match(response.headers.get('content-type') ?? '', /^application\/json/)
    assert.match(document.openapi, /^3\.1\.\d$/)
    assert.ok(document.info.title !== '' && document.info.version !== '')
  })

  test('has every route of the API, and no other', () => {
    const described = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`)
    const routes = ROUTES.map(
      ({ method, path }) => `${method} /isthmus/v1${path.replaceAll(/:(\w+)/g, '{$1}')}`,
    )
    assert.deepEqual(described.toSorted(), routes.toSorted())
  })

  test('names its one way to sign in', () => {
    const [requirement = {}] = document.security
    const scheme = document.components.securitySchemes[Object.keys(requirement)[0] ?? '']
    assert.deepEqual(scheme, { type: 'http', scheme: 'bearer' })
  })
})

suite('each operation', () => {
  test('has a summary, and an id of its own', () => {
    for (const { operation } of operations) assert.ok(operation.summary.length > 5)
    assert.equal(new Set(operations.map(({ operation }) => operation.operationId)).size, operations.length)
  })

  test('has the parameters of its path, and only one of each name', () => {
    for (const { path, method, operation } of operations) {
      const { parameters = [] } = operation
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
      const declared = parameters.filter((parameter) => parameter.in === 'path')
      assert.deepEqual(declared.map(({ name }) => name).toSorted(), inPath.toSorted(), `${method} ${path}`)
      assert.ok(declared.every(({ required }) => required === true))
      assert.ok(parameters.every((parameter) => ['path', 'query', 'header'].includes(parameter.in)))
      assert.equal(
        new Set(parameters.map((parameter) => `${parameter.in} ${parameter.name}`)).size,
        parameters.length,
      )
      for (const { name, schema } of parameters) assertSchema(schema, `${method} ${path} ${name}`)
    }
  })

  test('takes a body only where HTTP gives it a meaning', () => {
    for (const { path, method, operation } of operations) {
      if (!operation.requestBody) continue
      assert.ok(['post', 'put', 'patch', 'delete'].includes(method))
      // What comes with a deletion may only say something about it, and may get lost on the way.
      if (method === 'delete') assert.equal(operation.requestBody.required, false)
      const { 'application/json': json } = operation.requestBody.content
      assertSchema(json?.schema, `${method} ${path}`)
    }
  })

  test('has answers: one that it gives when it succeeds, and a problem document', () => {
    for (const { path, method, operation } of operations) {
      const where = `${method} ${path}`
      const statuses = Object.keys(operation.responses)
      const expected = ROUTES.find(
        (route) =>
          route.method.toLowerCase() === method &&
          `/isthmus/v1${route.path.replaceAll(/:(\w+)/g, '{$1}')}` === path,
      )?.status
      assert.deepEqual(statuses, [String(expected), 'default'], where)
      for (const [status, { description, content }] of Object.entries(operation.responses)) {
        assert.equal(typeof description, 'string')
        assert.notEqual(description, 'Default Response', where)
        assert.equal(content === undefined, status === '204', where)
        for (const [type, { schema }] of Object.entries(content ?? {})) {
          assert.equal(type, status === 'default' ? 'application/problem+json' : 'application/json')
          assertSchema(schema, `${where} ${status}`)
        }
      }
    }
  })

  test('of those that write, every one can be tried out', () => {
    for (const { path, method, operation } of operations) {
      const dryRun = operation.parameters?.some(({ name }) => name === 'dryRun') ?? false
      assert.equal(dryRun, method !== 'get', `${method} ${path}`)
    }
  })
})
