import { answerCommand } from '../peering-answer.ts'

/** `isthmus peering reopen`. */
export const peeringReopen = answerCommand('reopen', {
  about: 'ask again for what has expired, as its requester',
  details: 'It waits as long as a new request does.',
})
