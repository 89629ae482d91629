import { Type } from 'typebox'
import { encodeExplanation } from '../codec.ts'
import { route } from '../route.ts'
import { Explanation } from '../schemas.ts'

const End = (about: string) => Type.String({ minLength: 1, maxLength: 128, description: about })

export const explain = route({
  method: 'GET',
  path: '/explain',
  summary: 'Why one address can or cannot reach another, hop by hop, and who must do what',
  status: 200,
  schemas: {
    querystring: Type.Object({
      from: End('A VPC by any of its ids, VPC/ADDRESS, or an address that only one VPC has.'),
      to: End('Likewise.'),
    }),
    answer: Explanation,
  },
  perform: async ({ app, caller, query }) =>
    encodeExplanation(await app.explain(caller, query), app.context.regions),
})
