import type { Reply } from '../check.ts'

/** A request that is signed already. */
export interface Signed {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const TIMEOUT_MS = 30_000

/** Sends it as it is, and follows nothing: a signature is for one address. */
export async function exchange({ method, url, headers, body }: Signed): Promise<Reply> {
  const response = await fetch(url, {
    method,
    headers,
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(body !== '' && { body }),
  })
  const text = await response.text()
  return { status: response.status, text, body: parse(text) }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
