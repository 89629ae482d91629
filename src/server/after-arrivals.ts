let waiting: (() => void)[] = []

/** Does `work` once the event loop has read what else has arrived, together with all that waits for that. */
export function afterArrivals(work: () => void): void {
  if (waiting.push(work) === 1) setImmediate(doAll)
}

function doAll(): void {
  const all = waiting
  waiting = []
  for (const work of all) work()
}
