import { Type } from 'typebox'
import type { ResourceIds } from '../../../domain/identity.ts'
import type { PeeringView } from '../../../ports/store.ts'
import { route } from '../route.ts'
import { Id, Ids } from '../schemas.ts'

/** What the clouds call what is ours: for those who write a vendor's configuration, and read back what it says. */

const Region = Type.Object({
  name: Type.String(),
  huawei: Type.Array(Type.String()),
  alibaba: Type.Array(Type.String()),
  tencent: Type.Array(Type.String()),
})

export const listRegions = route({
  method: 'GET',
  path: '/regions',
  summary: 'List the regions, with the names by which each cloud’s clients know them; the first is answered',
  status: 200,
  schemas: { answer: Type.Object({ regions: Type.Array(Region) }) },
  perform: async ({ app }) => ({ regions: app.context.regions }),
})

export const showAccounts = route({
  method: 'GET',
  path: '/peerings/:id/accounts',
  summary: 'Show what each cloud calls the two parties of a peering: project, uid, uin',
  status: 200,
  schemas: { params: Id, answer: Type.Object({ requester: Ids, accepter: Ids }) },
  async perform({ app, caller, params }) {
    const { requester, accepter } = await app.showPeering(caller, params)
    return { requester: accountsOf(requester), accepter: accountsOf(accepter) }
  },
})

/** A Huawei project is of one region, so which one it is follows from the VPC. */
function accountsOf({ vpc, tenant }: PeeringView['requester']): ResourceIds {
  const { huawei, alibaba, tencent } = tenant
  return { huawei: huawei.projects[vpc.region] ?? '', alibaba: alibaba.uid, tencent: tencent.uin }
}
