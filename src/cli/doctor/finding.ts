/** What was looked at, how it is, and what to do where it is not well. */
export interface Finding {
  readonly area: 'configuration' | 'service' | 'store' | 'data plane' | 'clock'
  /** `warning` works for now; `skipped` could not be looked at from here. */
  readonly verdict: 'good' | 'warning' | 'bad' | 'skipped'
  readonly says: string
  /** Null: nothing. */
  readonly todo: string | null
}

type Says = (says: string, todo?: string) => Finding

/** Findings of one area, by verdict. */
export function findingsOf(area: Finding['area']): Readonly<Record<Finding['verdict'], Says>> {
  const finding =
    (verdict: Finding['verdict']): Says =>
    (says, todo) => ({ area, verdict, says, todo: todo ?? null })
  return {
    good: finding('good'),
    warning: finding('warning'),
    bad: finding('bad'),
    skipped: finding('skipped'),
  }
}
