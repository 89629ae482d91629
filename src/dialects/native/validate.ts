import type { FastifySchemaCompiler } from 'fastify'
import { type TObject, type TSchema, Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { Pointer } from 'typebox/value'
import { DomainError } from '../../domain/errors.ts'

/**
 * Checks what a request holds against its schema, and refuses what the schema does not have: nothing is dropped, and
 * in a body no type is taken for another. Paths and queries have only text, from which numbers and booleans are read.
 * The failures are `request.unknown-parameter`, `request.missing` and `request.invalid`.
 */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema)
  const optional = httpPart === 'body' && Type.IsOptional(schema)
  return (given: unknown) => {
    // Fastify says null for a body that is not there.
    if (optional && given === null) return { value: given }
    const value = httpPart === 'body' ? given : fromText(schema as TObject, given)
    return validator.Check(value) ? { value } : { error: failureOf(validator.Errors(value), value) }
  }
}

/** What each text stands for, where its schema says that it is a number or a boolean; else it stays as it is. */
function fromText(schema: TObject, given: unknown): Record<string, unknown> {
  const entries = Object.entries(given as Record<string, unknown>).map(([name, text]) => {
    const { type } = (schema.properties[name] ?? {}) as { type?: string }
    if (type === 'integer' && /^-?\d{1,15}$/.test(String(text))) return [name, Number(text)]
    if (type === 'boolean' && (text === 'true' || text === 'false')) return [name, text === 'true']
    return [name, text]
  })
  return Object.fromEntries(entries) as Record<string, unknown>
}

function failureOf(errors: ReturnType<ReturnType<typeof Compile>['Errors']>, value: unknown): DomainError {
  const fieldAt = (path: string, name = '') =>
    [...path.split('/').slice(1), name].filter((step) => step !== '').join('.') || 'body'
  for (const { keyword, params, instancePath } of errors) {
    if (keyword === 'additionalProperties') {
      const field = fieldAt(instancePath, params.additionalProperties[0])
      return new DomainError('request.unknown-parameter', { field })
    }
    if (keyword === 'required') {
      return new DomainError('request.missing', {
        field: fieldAt(instancePath, params.requiredProperties[0]),
      })
    }
  }
  const { instancePath = '', message = 'is not valid' } = errors[0] ?? {}
  const allowed = errors.flatMap(({ keyword, params }) => (keyword === 'const' ? [params.allowedValue] : []))
  const reason = allowed.length > 0 ? `must be one of ${allowed.join(', ')}` : message
  const wrong = Pointer.Get(value, instancePath)
  const shown = typeof wrong === 'object' ? '' : String(wrong)
  return new DomainError('request.invalid', {
    field: fieldAt(instancePath),
    problem: 'format',
    reason,
    value: shown.length > 100 ? `${shown.slice(0, 100)}…` : shown,
  })
}
