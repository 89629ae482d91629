import { useEffect, useState } from 'react'

const SETTLED_MS = 250

/** `value` as it was when it last stayed as it is for a moment: what is asked of the service while somebody types. */
export function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLED_MS)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}
