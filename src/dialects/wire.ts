/** How large the body of a request may be. */
export const BODY_LIMIT_BYTES = 1024 * 1024

/**
 * One HTTP request as it came off the wire, before any dialect has looked at it. Signatures are verified over
 * these very bytes, so nothing here is decoded, sorted or re-encoded.
 */
export interface WireRequest {
  /** As sent, upper case. */
  readonly method: string
  /** The request target up to the first `?`, still percent-encoded. */
  readonly path: string
  /** The request target after the first `?`, still percent-encoded; empty when there is none. */
  readonly query: string
  /** Lower-case names; a header sent several times is joined with `, `. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly remoteAddress: string
}

/** What goes back to the client. */
export interface WireResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}
