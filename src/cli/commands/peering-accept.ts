import { answerCommand } from '../peering-answer.ts'

/** `isthmus peering accept`. */
export const peeringAccept = answerCommand('accept', {
  about: 'agree to a waiting request, as its accepter',
  details: 'Packets pass once both sides have a route through it: isthmus route add.',
})
