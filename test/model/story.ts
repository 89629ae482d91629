import fc from 'fast-check'
import type { Caller, Request, Vpc } from './model.ts'

/** One thing that happens in a story. What it is about is settled when it happens: see `Draft.which`. */
export type Happening =
  /** Requests that are under way at once; most often one. */
  | { readonly kind: 'requests'; readonly drafts: readonly Draft[] }
  /** The last request that had a token, once more. */
  | { readonly kind: 'again' }
  | { readonly kind: 'wait'; readonly days: number }
  /** Replica number `replica` is killed, perhaps with a request under way. */
  | { readonly kind: 'crash'; readonly replica: number; readonly during: Draft | null }

/** A request, but for the name of what it is about. */
export interface Draft {
  readonly kind: Request['kind']
  readonly by: Caller
  readonly from: Vpc
  readonly to: Vpc
  /** Which of the peerings that there are by then, the newest first. */
  readonly which: number
  readonly token: string | null
  readonly replica: number
}

export const VPCS: readonly Vpc[] = ['ann-1', 'ann-2', 'ben-1', 'ben-2', 'cy-1']

const draft: fc.Arbitrary<Draft> = fc.record({
  kind: fc.constantFrom<Draft['kind']>(
    'ask',
    'ask',
    'ask',
    'accept',
    'accept',
    'accept',
    'reject',
    'reopen',
    'delete',
    'show',
  ),
  by: fc.constantFrom<Caller>('ann', 'ann', 'ben', 'ben', 'cy', 'operator', 'operator'),
  from: fc.constantFrom(...VPCS),
  to: fc.constantFrom(...VPCS),
  which: fc.nat(3),
  token: fc.option(fc.constantFrom('one', 'two', 'three', 'four', 'five'), { freq: 3 }),
  replica: fc.nat(2),
})

/** Several decisions on one peering, at once. */
const quarrel: fc.Arbitrary<readonly Draft[]> = fc
  .tuple(
    fc.nat(1),
    fc.array(draft, { minLength: 2, maxLength: 3 }),
    fc.infiniteStream(fc.constantFrom('accept', 'reject', 'delete')),
  )
  .map(([which, drafts, kinds]) =>
    drafts.map((one) => ({ ...one, which, by: 'operator', kind: kinds.next().value ?? 'delete' }) as const),
  )

export const story: fc.Arbitrary<readonly Happening[]> = fc.array(
  fc.oneof(
    { weight: 20, arbitrary: fc.record({ kind: fc.constant('requests' as const), drafts: fc.tuple(draft) }) },
    {
      weight: 10,
      arbitrary: fc.record({
        kind: fc.constant('requests' as const),
        drafts: fc.oneof(fc.array(draft, { minLength: 2, maxLength: 3 }), quarrel),
      }),
    },
    { weight: 4, arbitrary: fc.constant({ kind: 'again' as const }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('wait' as const), days: fc.constantFrom(1, 3, 4, 6, 7) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('crash' as const),
        replica: fc.nat(2),
        during: fc.option(draft, { freq: 4 }),
      }),
    },
  ),
  { minLength: 5, maxLength: 40 },
)
