import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import type { Passwords } from '../../ports/passwords.ts'

const derive = promisify<string, Buffer, number, Buffer>(scrypt)

/** scrypt with Node's default cost; `salt:key`, both hexadecimal. Runs off the main thread. */
export const scryptPasswords: Passwords = {
  async hash(password) {
    const salt = randomBytes(16)
    return `${salt.toString('hex')}:${(await derive(password, salt, 32)).toString('hex')}`
  },
  async matches(password, hash) {
    const [salt = '', key = ''] = hash.split(':')
    const expected = Buffer.from(key, 'hex')
    return timingSafeEqual(await derive(password, Buffer.from(salt, 'hex'), expected.length), expected)
  },
}
