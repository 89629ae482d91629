/** When a flow was allowed; still, where it has no end. */
interface Interval {
  readonly sinceUs: number
  untilUs: number
}

/**
 * When each flow was allowed: from just before the request that completed what it needs was sent, until the network was seen
 * to have come to rest after one that took something of it away. So what is not allowed was never agreed to, or had ended
 * and was known to have ended.
 */
export class Consent {
  readonly #intervals = new Map<string, Interval[]>()
  #current: ReadonlySet<string> = new Set()

  /** By now `flows` are what is agreed to; by a change that was asked for at `sinceUs`. */
  became(flows: ReadonlySet<string>, sinceUs: number): void {
    for (const flow of flows) {
      const known = this.#intervals.get(flow) ?? []
      this.#intervals.set(flow, known)
      if (known.at(-1)?.untilUs !== Number.POSITIVE_INFINITY) {
        known.push({ sinceUs, untilUs: Number.POSITIVE_INFINITY })
      }
    }
    this.#current = flows
  }

  /** The network came to rest at `atUs`: what was taken away is over. */
  settled(atUs: number): void {
    for (const [flow, known] of this.#intervals) {
      const last = known.at(-1)
      if (last && !this.#current.has(flow)) last.untilUs = Math.min(last.untilUs, atUs)
    }
  }

  /** Whether a packet may have passed that was on its way between these moments. */
  allows(flow: string, sentUs: number, receivedUs: number): boolean {
    const known = this.#intervals.get(flow) ?? []
    return known.some(({ sinceUs, untilUs }) => receivedUs >= sinceUs && sentUs <= untilUs)
  }
}
