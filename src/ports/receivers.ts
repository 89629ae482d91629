/** Sends to the receivers of webhooks. */
export interface Receivers {
  /**
   * Posts `body` to `url`, an absolute `http:` or `https:` one, and answers the status that the receiver gave; it follows
   * no redirect. Rejects with an Error, whose message may be shown to the owner of the webhook, where there was no answer,
   * and at once when `signal` says so.
   */
  post(
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
    signal: AbortSignal,
  ): Promise<number>
}
