import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'

/** Where a database is: one server, or a primary and its standbys, whichever is which at the moment. */
export interface DatabaseAddress {
  readonly hosts: readonly { readonly host: string; readonly port: number }[]
  /** Null: as the environment says (`PGUSER`, `PGPASSWORD`, `PGDATABASE`), as for PostgreSQL's own programs. */
  readonly user: string | null
  readonly password: string | null
  readonly database: string | null
  readonly ssl: boolean | ConnectionOptions
}

const PORT = 5432
const PARTS = /^postgres(?:ql)?:\/\/(?:([^:@/?]*)(?::([^@/?]*))?@)?([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/

/**
 * Reads `postgres://USER:PASSWORD@HOST:PORT[,HOST:PORT…]/DATABASE?sslmode=…`, as PostgreSQL's own programs do.
 * Throws an Error that says what is wrong, without the password.
 * Source: PostgreSQL documentation, "Connection URIs" and "SSL Support", version 18.
 */
export function parseDatabaseUrl(url: string): DatabaseAddress {
  const parts = PARTS.exec(url)
  if (!parts) throw new Error('is not postgres://USER:PASSWORD@HOST:PORT/DATABASE')
  const [, user, password, authority = '', database, query = ''] = parts
  const {
    host,
    sslmode = 'disable',
    sslrootcert,
    ...unknown
  } = Object.fromEntries(new URLSearchParams(query))
  const [surplus] = Object.keys(unknown)
  if (surplus !== undefined) throw new Error(`has the parameter ${surplus}, which is not known here`)
  const text = (part: string | undefined) => (part ? decodeURIComponent(part) : null)
  return {
    hosts: host === undefined ? authority.split(',').map(parseHost) : [{ host, port: PORT }],
    user: text(user),
    password: text(password),
    database: text(database),
    ssl: sslOf(sslmode, sslrootcert),
  }
}

function parseHost(given: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d{1,5}))?$/.exec(given)
  const port = Number(match?.[3] ?? PORT)
  if (!match || port > 65535) throw new Error(`has '${given}' where HOST:PORT is meant`)
  return { host: match[1] ?? (decodeURIComponent(match[2] ?? '') || 'localhost'), port }
}

function sslOf(mode: string, rootCertificate: string | undefined): boolean | ConnectionOptions {
  const ca = rootCertificate === undefined ? {} : { ca: readFileSync(rootCertificate, 'utf8') }
  switch (mode) {
    case 'disable':
      return false
    // Encrypted, whoever answers: what PostgreSQL's own programs mean by it where no root certificate is given.
    case 'require':
      return { rejectUnauthorized: rootCertificate !== undefined, ...ca }
    case 'verify-full':
      return { rejectUnauthorized: true, ...ca }
    default:
      throw new Error(`has sslmode=${mode}, which is none of disable, require, verify-full`)
  }
}
