import { type RefObject, useEffect, useState } from 'react'

/**
 * What is in a field whose text stands in the address. The address follows a moment after what is typed, so a field that showed
 * only the address would lose letters; another address shows in the field while nobody types there.
 */
export function useTyped(inAddress: string, field: RefObject<HTMLInputElement | null>) {
  const [typed, setTyped] = useState(inAddress)
  useEffect(() => {
    if (document.activeElement !== field.current) setTyped(inAddress)
  }, [inAddress, field])
  return [typed, setTyped] as const
}
