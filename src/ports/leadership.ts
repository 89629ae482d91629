/**
 * Work that only one of the processes on a store need do at a time. It spares the others the trouble; that nothing
 * happens twice is not held here, but by the store, whatever anybody believes about who leads.
 */
export interface Leadership {
  /** Stands for `duty` until it is withdrawn. Of all processes that stand for it, at most one leads. */
  stand(duty: string): Candidate
  /** Runs `work` while no other process runs work called `name`; waits for its turn. */
  alone<T>(name: string, work: () => Promise<T>): Promise<T>
}

export interface Candidate {
  /** Whether this process has the duty, as far as it knows. Another has it within 10 s of this one's death. */
  readonly leads: boolean
  withdraw(): Promise<void>
}
