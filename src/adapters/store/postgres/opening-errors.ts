/** None of the servers could be had; `message` says why, for each of them. */
export class UnreachableError extends Error {}

/** What must be put right by somebody: it will not come right by waiting. */
export class ImpossibleError extends Error {}

/** The database was written with another master key than this process has. */
export class WrongKeyError extends Error {}
