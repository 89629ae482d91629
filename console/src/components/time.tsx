import { useMessages } from '../i18n/index.ts'
import { useNow } from '../util/clock.ts'
import { absolute, relative } from '../util/time.ts'

/** A moment: how long ago, with the date and time to look at; `both` shows them side by side. */
export function Time({ at, both = false }: { readonly at: string; readonly both?: boolean }) {
  const { tag } = useMessages()
  const atMs = Date.parse(at)
  const ago = relative(tag, atMs, useNow(1000))
  const exact = absolute(tag, atMs)
  return (
    <time dateTime={at} title={exact}>
      {ago}
      {both && (
        <>
          {' '}
          <span className="soft small">· {exact}</span>
        </>
      )}
    </time>
  )
}
