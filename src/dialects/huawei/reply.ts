/** An answer that is more than the body that goes with its route's status. */
export class Reply {
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>
  /** Null: that of the route. */
  readonly status: number | null

  constructor(
    body: unknown,
    { headers = {}, status = null }: { headers?: Record<string, string>; status?: number | null } = {},
  ) {
    this.body = body
    this.headers = headers
    this.status = status
  }
}
