import type { PeeringEvent } from './client.ts'

/** The service says something at least every 15 s; after so long without a word the connection is dead. */
const SILENCE_MS_MAX = 40_000

/**
 * What comes in over an event stream, as it comes: each time, all events that are complete. Ends when the stream does, or
 * with silence. The browser's own reader of such streams cannot send a token.
 */
export async function* readEventStream(response: Response): AsyncGenerator<readonly PeeringEvent[]> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  if (!reader) return
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await orSilence(reader.read())
      if (done) return
      const blocks = (rest + value).split('\n\n')
      rest = blocks.pop() ?? ''
      const events = blocks.flatMap(eventIn)
      if (events.length > 0) yield events
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

function eventIn(block: string): PeeringEvent[] {
  const line = block.split('\n').find((candidate) => candidate.startsWith('data: '))
  return line === undefined ? [] : [JSON.parse(line.slice('data: '.length)) as PeeringEvent]
}

async function orSilence<T>(reading: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('nothing was heard')), SILENCE_MS_MAX)
  })
  try {
    return await Promise.race([reading, silence])
  } finally {
    clearTimeout(timer)
  }
}
