/** Milliseconds on a clock that all programs of a machine share, and that nobody sets. */
export const monotonicMs = () => Number(process.hrtime.bigint()) / 1e6
