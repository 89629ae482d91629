import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseDatabaseUrl } from './address.ts'

describe('a database URL', () => {
  it('names a user, a password, servers and a database', () => {
    assert.deepEqual(parseDatabaseUrl('postgres://us%40er:p%2Fw@db1:5433,[::1],db2/main?sslmode=require'), {
      hosts: [
        { host: 'db1', port: 5433 },
        { host: '::1', port: 5432 },
        { host: 'db2', port: 5432 },
      ],
      user: 'us@er',
      password: 'p/w',
      database: 'main',
      ssl: { rejectUnauthorized: false },
    })
  })

  it('leaves to the environment what it does not say', () => {
    const nothing = { user: null, password: null, database: null, ssl: false }
    assert.deepEqual(parseDatabaseUrl('postgresql://'), {
      hosts: [{ host: 'localhost', port: 5432 }],
      ...nothing,
    })
    assert.deepEqual(parseDatabaseUrl('postgres:///?host=/run/postgresql'), {
      hosts: [{ host: '/run/postgresql', port: 5432 }],
      ...nothing,
    })
  })

  it('is refused where it is none, without its password in what is said', () => {
    const reasons = {
      'mysql://u:secret@h/d': /^is not postgres:/,
      'postgres://u:secret@h:port/d': /^has 'h:port' where HOST:PORT is meant$/,
      'postgres://u:secret@h:99999/d': /^has 'h:99999' where/,
      'postgres://u:secret@h/d?sslmode=prefer': /^has sslmode=prefer, which is none of/,
      'postgres://u:secret@h/d?pool=3': /^has the parameter pool, which is not known here$/,
    }
    for (const [url, reason] of Object.entries(reasons)) {
      assert.throws(
        () => parseDatabaseUrl(url),
        (error: Error) => {
          assert.match(error.message, reason)
          assert.doesNotMatch(error.message, /secret/)
          return true
        },
      )
    }
  })
})
