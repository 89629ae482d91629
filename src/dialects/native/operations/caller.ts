import { route } from '../route.ts'
import { WhoAmI } from '../schemas.ts'

export const showCaller = route({
  method: 'GET',
  path: '/caller',
  summary: 'Whom the token stands for',
  status: 200,
  schemas: { answer: WhoAmI },
  async perform({ app, caller: { operator, tenant } }) {
    const { name: dataPlane } = app.context.dataPlane
    return { operator, tenant: tenant && { id: tenant.id, name: tenant.name }, dataPlane }
  },
})
