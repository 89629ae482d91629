import type { Candidate, Leadership } from '../ports/leadership.ts'

/** `leadership`, of which can be told what this process stands for, and which of it it has. */
export class WatchedLeadership implements Leadership {
  readonly #leadership: Leadership
  readonly #candidates = new Map<string, Candidate>()

  constructor(leadership: Leadership) {
    this.#leadership = leadership
  }

  stand(duty: string): Candidate {
    const candidate = this.#leadership.stand(duty)
    this.#candidates.set(duty, candidate)
    return candidate
  }

  alone<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.#leadership.alone(name, work)
  }

  leads(duty: string): boolean {
    return this.#candidates.get(duty)?.leads ?? false
  }

  /** 1 for each duty that this process has, 0 for each that it stands for. */
  duties(): Record<string, number> {
    return Object.fromEntries([...this.#candidates].map(([duty, { leads }]) => [duty, leads ? 1 : 0]))
  }
}
