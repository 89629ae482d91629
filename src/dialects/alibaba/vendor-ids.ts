import type { App } from '../../app/index.ts'
import { DomainError, type FailureCode, type Failures } from '../../domain/errors.ts'
import type { PartKind } from '../../domain/network.ts'

/** How a failure that names something in the way is worded anew with its id as this vendor's clients know it. */
type Renaming = { readonly [C in FailureCode]?: (app: App, details: Failures[C]) => Promise<Failures[C]> }

const RENAMINGS: Renaming = {
  'vpc.in-use': async (app, details) => ({ ...details, peering: await peering(app, details.peering) }),
  'vpc.not-empty': async (app, details) => ({
    ...details,
    part: await part(app, details.kind, details.part),
  }),
  'vpc.cidr-in-use': async (app, details) => ({
    ...details,
    subnet: await part(app, 'subnet', details.subnet),
  }),
  'subnet.in-use': async (app, details) => ({ ...details, port: await part(app, 'port', details.port) }),
  'route-table.in-use': async (app, details) => ({
    ...details,
    subnet: await part(app, 'subnet', details.subnet),
  }),
  'route-table.has-routes': async (app, details) => ({
    ...details,
    route: await part(app, 'route', details.route),
  }),
  'route.peering-not-ready': async (app, details) => ({
    ...details,
    peering: await peering(app, details.peering),
  }),
}

async function peering(app: App, id: string): Promise<string> {
  return (await app.context.store.findPeering(id))?.peering.ids.alibaba ?? id
}

async function part(app: App, kind: PartKind, id: string): Promise<string> {
  return (await app.context.store.findPart(kind, id))?.ids.alibaba ?? id
}

/** Does `work`; whatever stands in its way is named by this vendor's ids, since the message is to help remove it. */
export async function inVendorIds<T>(app: App, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    throw await renamed(app, error)
  }
}

async function renamed<C extends FailureCode>(app: App, error: DomainError<C>): Promise<DomainError> {
  const rename = RENAMINGS[error.code] as
    | ((app: App, details: Failures[C]) => Promise<Failures[C]>)
    | undefined
  return rename ? new DomainError(error.code, await rename(app, error.details)) : error
}
