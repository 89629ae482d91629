import type { Pattern } from './pattern.ts'
import type { Settings } from './settings.ts'

/** Whose credentials sign a request. To what is the requester's alone, the accepter is a stranger. */
export type Role = 'requester' | 'accepter'

/** An answer. `body` is what its JSON says, and undefined where it is not JSON. */
export interface Reply {
  readonly status: number
  readonly text: string
  readonly body: unknown
}

/** A value that is known by now: a setting, or the id of something that an earlier check has made. */
export type Lookup = (name: string) => string

/** One request, and what the vendor would answer. */
export interface Check<Request> {
  /** As the vendor names it. */
  readonly operation: string
  /** What is expected of it here, in a few words. */
  readonly what: string
  readonly as: Role
  readonly request: (the: Lookup) => Request
  /** Of status and body. */
  readonly expect: (the: Lookup) => Pattern
  /** True where no page of the vendor's says what the answer is; the expectation is this project's choice. */
  readonly assumed?: true
  /** True where it may take the vendor a while; it is asked again until it is as expected. */
  readonly eventually?: true
  /** Values to remember, each by the name of the member of the answer that holds it. */
  readonly keeps?: Readonly<Record<string, string>>
  /**
   * A list that has what this check has made, under this name, where its answer did not say so much: what was made is
   * to be removed however it was answered. `keeps` is as in the list, where that has other members.
   */
  readonly find?: (the: Lookup) => {
    readonly request: Request
    readonly name: string
    readonly keeps?: Readonly<Record<string, string>>
  }
  /** What unmakes what this check has made, should no later check do that. Sent by the same role. */
  readonly undo?: (the: Lookup) => Request
  /** The value whose thing this check removes. */
  readonly removes?: string
}

/** A protocol that can be checked: what is asked, in order, and how. */
export interface Target<Request> {
  readonly name: string
  readonly about: string
  readonly checks: readonly Check<Request>[]
  readonly open: (settings: Settings) => (as: Role, request: Request) => Promise<Reply>
  /** Whether the answer to a removal says that the thing is gone now. */
  readonly isGone: (reply: Reply) => boolean
}
