import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Sealer } from '../../ports/sealer.ts'

const NONCE_BYTES = 12
const TAG_BYTES = 16
/** Without it a shorter tag, easier to guess, would do. */
const TAG = { authTagLength: TAG_BYTES }

/** AES-256-GCM; nonce, tag and ciphertext in one buffer, the label as associated data. `key` has 32 bytes. */
export function aesGcmSealer(key: Buffer): Sealer {
  return {
    seal(secret, label) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce, TAG).setAAD(Buffer.from(label))
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), text])
    },
    open(sealed, label) {
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), TAG)
      decipher.setAAD(Buffer.from(label)).setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
      const text = [decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]
      return Buffer.concat(text).toString('utf8')
    },
  }
}

/**
 * The secret kept in `directory` as `name`, made with `make` where there is none yet; readable by its owner only.
 * Safe to repeat: what is there is never replaced.
 */
export function readOrCreateSecret(directory: string, name: string, make: () => string): string {
  const path = join(directory, name)
  if (!existsSync(path)) {
    // Of two that start at once one gives it its name, and neither ever sees it half written.
    const draft = `${path}.${randomBytes(6).toString('hex')}`
    const file = openSync(draft, 'wx', 0o600)
    writeSync(file, make())
    fsyncSync(file)
    closeSync(file)
    try {
      linkSync(draft, path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    unlinkSync(draft)
  }
  return readFileSync(path, 'utf8').trim()
}
