import { answerCommand } from '../peering-answer.ts'

/** `isthmus peering reject`. */
export const peeringReject = answerCommand('reject', {
  about: 'refuse a waiting request, as its accepter',
  details: 'The requester may ask anew.',
})
