import { useMutation, useQueryClient } from '@tanstack/react-query'
import { describe } from '../components/failure.tsx'
import { say } from '../components/toast.tsx'
import { useMessages } from '../i18n/index.ts'
import { type Answer, call, type Input, type OperationName, type Peering } from './client.ts'
import { place } from './live-updates.ts'

/**
 * A change to one peering. What comes of it is shown at once, and said; so is what went wrong. Sent twice by a faltering
 * connection it happens once.
 */
export function useChange<O extends OperationName>(operation: O, success: (answer: Answer<O>) => string) {
  const client = useQueryClient()
  const { t, tag } = useMessages()
  return useMutation({
    mutationFn: (input: Input<O>) => call(operation, input, { once: crypto.randomUUID() }),
    onSuccess: (answer, input) => {
      const { id } = (input as { path?: { id?: string } }).path ?? {}
      if (answer !== null && 'state' in (answer as object))
        place(client, (answer as Peering).id, answer as Peering)
      else if (id !== undefined && operation === 'DELETE /peerings/{id}') place(client, id, null)
      say('good', success(answer))
    },
    onError: (error) => say('bad', describe(error, t, tag)),
  })
}
