import type { Role } from './check.ts'

/** A tenant's key, and the name by which the vendor knows the tenant: project id, account id, uin. */
export interface Credentials {
  readonly key: string
  readonly secret: string
  readonly account: string
}

/** Where a target is, and who asks. */
export interface Settings {
  /** The base address of a service of the vendor's, without a slash at its end. */
  readonly endpoint: (service: string) => string
  readonly region: string
  readonly credentials: Readonly<Record<Role, Credentials>>
  /** What checks may refer to from the start. */
  readonly values: Readonly<Record<string, string>>
}

/** Settings as they are given: by a flag, the environment, or a file. All is text. */
export interface Given {
  readonly endpoint?: string | undefined
  /** Of services that are elsewhere, by name. */
  readonly endpoints?: Readonly<Record<string, string>> | undefined
  readonly region?: string | undefined
  readonly zone?: string | undefined
  readonly requester?: Partial<Credentials> | undefined
  readonly accepter?: Partial<Credentials> | undefined
}

export class UsageError extends Error {}

/** The settings of a target; `run` names what it makes. Throws UsageError for what is left out, by its name. */
export function settingsOf(target: string, given: Given, run: string): Settings {
  const wanted = (name: string, value: string | undefined): string => {
    if (value) return value
    throw new UsageError(`${target}: ${name} is not given; see --help`)
  }
  const credentials = (role: Role): Credentials => ({
    key: wanted(`the ${role}'s key`, given[role]?.key),
    secret: wanted(`the ${role}'s secret`, given[role]?.secret),
    account: wanted(`the ${role}'s account`, given[role]?.account),
  })
  const region = wanted('the region', given.region)
  const [requester, accepter] = [credentials('requester'), credentials('accepter')]
  return {
    endpoint: (service) => {
      const url = wanted(`the endpoint of ${service}`, given.endpoints?.[service] ?? given.endpoint)
      if (!URL.canParse(url) || !/^https?:/.test(url))
        throw new UsageError(`${target}: '${url}' is not a URL`)
      return url.replace(/\/+$/, '')
    },
    region,
    credentials: { requester, accepter },
    values: {
      run,
      region,
      zone: given.zone ?? `${region}-1`,
      requester: requester.account,
      accepter: accepter.account,
    },
  }
}

/** What either says, the first one's word before the second's. */
export function merged(first: Given, second: Given): Given {
  const both = (role: Role) => ({ ...second[role], ...present(first[role] ?? {}) })
  return {
    ...second,
    ...present(first),
    // One endpoint for all is meant for all, whatever a file says of single services.
    endpoints: first.endpoint ? first.endpoints : { ...second.endpoints, ...first.endpoints },
    requester: both('requester'),
    accepter: both('accepter'),
  }
}

function present<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Partial<T>
}
