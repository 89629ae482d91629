import { fastify } from 'fastify'
import type { App } from '../src/app/index.ts'
import { native } from '../src/dialects/native/index.ts'

/**
 * The types of the console's calls, made from the OpenAPI document. The usual generator is not used: it needs the
 * compiler's old programming interface, which the compiler of this project does not have any more.
 */

type Schema = Readonly<Record<string, unknown>>

interface Operation {
  readonly summary: string
  readonly parameters?: readonly { name: string; in: string; required?: boolean; schema: Schema }[]
  readonly requestBody?: { required?: boolean; content: Record<string, { schema: Schema }> }
  readonly responses: Record<string, { content?: Record<string, { schema: Schema }> }>
}

/** `console/src/api/schema.ts`, whole. */
export async function apiTypes(): Promise<string> {
  const { paths } = await openApiDocument()
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => printOperation(method, path, operation)),
  )
  return `// Made by \`npm run docs\` from the OpenAPI document of the native API.

/** Every operation: what goes into its path, its query and its body, and what it answers. */
export interface Operations {
${operations.join('\n')}
}
`
}

/** As the service would answer it; making it needs no service. */
async function openApiDocument(): Promise<{ paths: Record<string, Record<string, Operation>> }> {
  const server = fastify()
  const nothing = () => undefined
  const options = { app: {} as App, adminToken: '', onFault: nothing, onServed: nothing }
  await server.register(native, { prefix: '/isthmus/v1', ...options })
  const answer = await server.inject('/isthmus/v1/openapi.json')
  await server.close()
  return answer.json()
}

function printOperation(method: string, path: string, operation: Operation): string {
  const name = `${method.toUpperCase()} ${path.replace('/isthmus/v1', '')}`
  const { requestBody } = operation
  const body = requestBody ? printSchema(mediaOf(requestBody.content)) : 'undefined'
  return `  /** ${operation.summary}. */
  '${name}': {
    path: ${printParameters(operation, 'path')}
    query: ${printParameters(operation, 'query')}
    body: ${requestBody && !requestBody.required ? `${body} | undefined` : body}
    answer: ${printAnswer(operation)}
  }`
}

const mediaOf = (content: Record<string, { schema: Schema }>) => content['application/json']?.schema ?? {}

function printParameters({ parameters = [] }: Operation, place: 'path' | 'query'): string {
  const members = parameters.filter((parameter) => parameter.in === place)
  return printMembers(members.map(({ name, required = false, schema }) => [name, required, schema]))
}

function printAnswer({ responses }: Operation): string {
  const [, success] = Object.entries(responses).find(([status]) => status.startsWith('2')) ?? []
  return success?.content ? printSchema(mediaOf(success.content)) : 'null'
}

function printSchema(schema: Schema): string {
  if ('const' in schema) return literal(schema['const'])
  if ('enum' in schema) return (schema['enum'] as unknown[]).map(literal).join(' | ')
  if ('anyOf' in schema) return (schema['anyOf'] as Schema[]).map(printSchema).join(' | ')
  const print = PRINTERS[schema['type'] as keyof typeof PRINTERS]
  return print ? print(schema) : 'unknown'
}

const PRINTERS = {
  string: () => 'string',
  integer: () => 'number',
  number: () => 'number',
  boolean: () => 'boolean',
  null: () => 'null',
  array: (schema: Schema) => `readonly (${printSchema(schema['items'] as Schema)})[]`,
  object: printObject,
}

function printObject({ properties, required = [], ...schema }: Schema): string {
  if (properties !== undefined) {
    const members = Object.entries(properties as Record<string, Schema>)
    return printMembers(members.map(([name, each]) => [name, (required as string[]).includes(name), each]))
  }
  const values = schema['patternProperties'] ?? schema['additionalProperties']
  const [value] = schema['patternProperties'] ? Object.values(values as object) : [values]
  return `Readonly<Record<string, ${typeof value === 'object' ? printSchema(value as Schema) : 'unknown'}>>`
}

function printMembers(
  members: readonly (readonly [name: string, required: boolean, schema: Schema])[],
): string {
  const printed = members.map(([name, required, schema]) => {
    const key = /^\w+$/.test(name) ? name : literal(name)
    return `${key}${required ? '' : '?'}: ${printSchema(schema)}`
  })
  return printed.length === 0 ? 'Record<never, never>' : `{ ${printed.join('; ')} }`
}

const literal = (value: unknown) => (typeof value === 'string' ? `'${value}'` : JSON.stringify(value))
