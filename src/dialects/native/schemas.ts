import { Type } from 'typebox'
import { DECIDING_RULES } from '../../domain/consent.ts'
import { PEERING_STATES } from '../../domain/peering.ts'

/** The shapes of the native API. The same values validate requests and describe them in the OpenAPI document. */

const Text = (max: number) => Type.String({ maxLength: max, pattern: '^[^\\0]*$' })
const Time = Type.String({ format: 'date-time' })

export const Ids = Type.Object({ huawei: Type.String(), alibaba: Type.String(), tencent: Type.String() })

const Quota = Type.Optional(Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]))
export const Quotas = Type.Object(
  {
    'peerings-per-tenant-region': Quota,
    'same-region-peerings-per-vpc': Quota,
    'cross-region-peerings-per-vpc': Quota,
    'peerings-per-vpc': Quota,
    'routes-per-route-table': Quota,
  },
  { additionalProperties: false },
)

const Digits = (min: number, max: number) => Type.String({ pattern: `^[1-9][0-9]{${min - 1},${max - 1}}$` })

/** Requests that a rule of a policy of consent is about; `who` says how tenants are named. */
const consentRules = (who: string) =>
  Type.Array(
    Type.Object(
      {
        tenants: Type.Optional(
          Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
            minItems: 1,
            maxItems: 1000,
            description: who,
          }),
        ),
        blocks: Type.Optional(
          Type.Array(Type.String({ maxLength: 64 }), {
            minItems: 1,
            maxItems: 100,
            description: 'IPv4 or IPv6 blocks.',
          }),
        ),
      },
      { minProperties: 1, additionalProperties: false },
    ),
    { maxItems: 100 },
  )

const consentPolicy = (who: string) =>
  Type.Object(
    {
      refuse: Type.Optional(consentRules(who)),
      accept: Type.Optional(consentRules(who)),
      refuseOverlap: Type.Optional(
        Type.Boolean({ description: 'Refuse a VPC that shares an address with any VPC of one’s own.' }),
      ),
      waitingPerTenant: Type.Optional(
        Type.Union([Type.Integer({ minimum: 0 }), Type.Null()], {
          description: 'How many requests of one tenant may wait at a time; null is no limit.',
        }),
      ),
    },
    { additionalProperties: false },
  )

/** What a tenant says beforehand about requests of others. What is left out says nothing. */
export const NewConsentPolicy = consentPolicy('Ids of tenants, as their requests show them.')
export const ConsentPolicy = Type.Required(NewConsentPolicy)

/** A tenant as it may be asked for, in a request and in a bootstrap file alike. */
export const NewTenant = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 64, pattern: '^[^\\0]*$' }),
    huawei: Type.Optional(
      Type.Object(
        {
          projects: Type.Optional(
            Type.Record(Type.String(), Type.String({ pattern: '^[0-9a-f]{32}$' }), {
              description: 'By region.',
            }),
          ),
          domainName: Type.Optional(Text(64)),
          user: Type.Optional(Text(64)),
          password: Type.Optional(Type.String({ minLength: 1, maxLength: 1024 })),
        },
        { additionalProperties: false },
      ),
    ),
    alibaba: Type.Optional(
      Type.Object({ uid: Type.Optional(Digits(5, 16)) }, { additionalProperties: false }),
    ),
    tencent: Type.Optional(
      Type.Object(
        { uin: Type.Optional(Digits(5, 15)), appId: Type.Optional(Digits(5, 15)) },
        { additionalProperties: false },
      ),
    ),
    quotas: Type.Optional(Quotas),
    accessKeys: Type.Optional(
      Type.Array(
        Type.Object(
          {
            id: Type.String({ pattern: '^[A-Za-z0-9_-]{1,128}$' }),
            secret: Type.String({ minLength: 1, maxLength: 256, pattern: '^[^\\0]*$' }),
          },
          { additionalProperties: false },
        ),
        { maxItems: 100 },
      ),
    ),
  },
  { additionalProperties: false },
)

export const AccessKey = Type.Object({
  id: Type.String(),
  secret: Type.Optional(Type.String({ description: 'Shown once, when the key is made.' })),
  token: Type.Optional(
    Type.String({ description: 'The bearer token for this API: the id, a dot, the secret.' }),
  ),
  createdAt: Time,
})

export const Tenant = Type.Object({
  id: Type.String(),
  name: Type.String(),
  huawei: Type.Object({
    domainId: Type.String(),
    domainName: Type.String(),
    userId: Type.String(),
    user: Type.String(),
    projects: Type.Record(Type.String(), Type.String()),
  }),
  alibaba: Type.Object({ uid: Type.String() }),
  tencent: Type.Object({ uin: Type.String(), appId: Type.String() }),
  quotas: Quotas,
  createdAt: Time,
  accessKeys: Type.Optional(Type.Array(AccessKey)),
})

export const Cidrs = Type.Array(Type.String({ maxLength: 64 }), {
  maxItems: 64,
  description: 'IPv4 or IPv6 blocks.',
})

const Name = Type.String({ minLength: 1, maxLength: 255, pattern: '^[^\\0/]*$' })
/** What stands for a VPC in the network already. */
export const Adopt = Type.Union([
  Type.Object({ ovnRouter: Name }, { additionalProperties: false }),
  Type.Object({ netns: Name }, { additionalProperties: false }),
])

export const NewVpc = Type.Object(
  {
    tenant: Type.Optional(Type.String({ description: 'Id or name; the operator must give it.' })),
    name: Text(64),
    region: Type.String(),
    cidrs: Cidrs,
    description: Type.Optional(Text(256)),
    adopt: Type.Optional(Adopt),
  },
  { additionalProperties: false },
)

export const Vpc = Type.Object({
  id: Type.String(),
  ids: Ids,
  tenant: Type.String(),
  name: Type.String(),
  description: Type.String(),
  region: Type.String(),
  cidrs: Type.Array(Type.String()),
  adopt: Type.Optional(Adopt),
  createdAt: Time,
  updatedAt: Time,
})

export const NewSubnet = Type.Object(
  {
    cidr: Type.String({ maxLength: 64, description: 'A block inside those of the VPC.' }),
    ipv6Cidr: Type.Optional(Type.String({ maxLength: 64, description: 'A second block, of IPv6.' })),
    name: Text(64),
    description: Type.Optional(Text(256)),
    gateway: Type.Optional(Type.String({ maxLength: 64, description: 'By default its first address.' })),
  },
  { additionalProperties: false },
)

const Part = {
  id: Type.String(),
  ids: Ids,
  vpc: Type.String(),
  name: Type.String(),
  description: Type.String(),
  createdAt: Time,
  updatedAt: Time,
}

export const Subnet = Type.Object({
  ...Part,
  cidr: Type.String(),
  ipv6Cidr: Type.Union([Type.String(), Type.Null()]),
  gateway: Type.String(),
  zone: Type.String({ description: 'As a vendor’s client named it; empty where none did.' }),
})

export const RouteTable = Type.Object({
  ...Part,
  isDefault: Type.Boolean({ description: 'What subnets go by that were given no other.' }),
})

export const NewRoute = Type.Object(
  {
    destination: Type.String({ maxLength: 64, description: 'A block, or one address.' }),
    peering: Type.String({ maxLength: 64, description: "Any of the peering's ids." }),
    routeTable: Type.Optional(
      Type.String({ maxLength: 64, description: "Any of the table's ids; by default the VPC's own table." }),
    ),
    name: Type.Optional(Text(128)),
    description: Type.Optional(Text(256)),
  },
  { additionalProperties: false },
)

export const Route = Type.Object({
  ...Part,
  routeTable: Type.String(),
  destination: Type.String(),
  peering: Type.String(),
  enabled: Type.Boolean(),
})

export const NewPort = Type.Object(
  {
    subnet: Type.String({ maxLength: 64, description: "Any of the subnet's ids." }),
    address: Type.Optional(Type.String({ maxLength: 64, description: 'By default one that is free.' })),
    namespace: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
        description: 'The network namespace the workload lives in; by default one is made.',
      }),
    ),
  },
  { additionalProperties: false },
)

export const Port = Type.Object({
  id: Type.String(),
  ids: Ids,
  vpc: Type.String(),
  subnet: Type.String(),
  address: Type.String(),
  addresses: Type.Array(Type.String(), { description: 'One of each family of the subnet.' }),
  prefixLength: Type.Integer(),
  mac: Type.String(),
  gateway: Type.String(),
  attach: Type.Union([
    Type.Object({ netns: Type.Object({ namespace: Type.String(), interface: Type.String() }) }),
    Type.Object({
      ovn: Type.Object({ ifaceId: Type.String(), mac: Type.String(), address: Type.String() }),
    }),
    Type.Null(),
  ]),
})

export const Realization = Type.Object({
  wanted: Type.Integer({ description: 'Rises with every change of what should be in the network.' }),
  realized: Type.Integer({ description: 'The one that is in the network.' }),
  provenAt: Type.Union([Time, Type.Null()]),
  reason: Type.Union([Type.String(), Type.Null()]),
})

const Call = Type.Union([Type.String(), Type.Null()])
export const Explanation = Type.Object({
  reachable: Type.Boolean(),
  cause: Type.String({ description: 'Stable; "none" where nothing stands in the way.' }),
  from: Type.Object({ vpc: Type.String(), address: Type.String() }),
  to: Type.Object({ vpc: Type.String(), address: Type.String() }),
  steps: Type.Array(Type.Object({ at: Type.String(), ok: Type.Boolean(), says: Type.String() })),
  next: Type.Union([
    Type.Object({
      tenant: Type.Union([Type.Object({ id: Type.String(), name: Type.String() }), Type.Null()], {
        description: 'Whose it is to do.',
      }),
      says: Type.String(),
      calls: Type.Object(
        { native: Call, huawei: Call, alibaba: Call, tencent: Call },
        { description: 'The call that does it, in each dialect.' },
      ),
    }),
    Type.Null(),
  ]),
})

export const NewPeering = Type.Object(
  {
    requesterVpc: Type.String({ maxLength: 64, description: "Any of the VPC's ids." }),
    accepterVpc: Type.String({ maxLength: 64, description: "Any of the VPC's ids." }),
    name: Text(128),
    description: Type.Optional(Text(256)),
  },
  { additionalProperties: false },
)

export const State = Type.Union(PEERING_STATES.map((state) => Type.Literal(state)))

const Side = Type.Object({
  tenant: Type.Object({ id: Type.String(), name: Type.String() }),
  region: Type.String(),
  vpc: Type.String(),
  vpcIds: Ids,
  cidrs: Type.Array(Type.String()),
})

export const Peering = Type.Object({
  id: Type.String(),
  ids: Ids,
  name: Type.String(),
  description: Type.String(),
  state: State,
  requester: Side,
  accepter: Side,
  createdAt: Time,
  updatedAt: Time,
  expiresAt: Type.Union([Time, Type.Null()]),
})

export const RequestedPeering = Type.Object({
  ...Peering.properties,
  consent: Type.Optional(
    Type.Object(
      {
        decision: Type.Union([Type.Literal('accept'), Type.Literal('refuse')]),
        rule: Type.Union(DECIDING_RULES.map((rule) => Type.Literal(rule))),
      },
      {
        description:
          'What a rule of its accepter’s has made of the request. Absent where none has, and where the same Idempotency-Key came before.',
      },
    ),
  ),
})

/** Why something is done, as far as one cares to say. */
export const Reason = Type.Optional(
  Type.Object(
    {
      reason: Type.Optional(
        Type.String({
          minLength: 1,
          maxLength: 512,
          pattern: '^[^\\0]*$',
          description: 'Kept on the event; both parties may read it.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
)

export const Event = Type.Object({
  sequence: Type.Integer(),
  at: Time,
  type: Type.String(),
  peering: Type.String(),
  ids: Ids,
  from: Type.Union([State, Type.Null()]),
  to: State,
  requester: Type.String({ description: "The requester's tenant." }),
  accepter: Type.String({ description: "The accepter's tenant." }),
  actor: Type.Object({
    kind: Type.String({ description: 'tenant, operator, clock, or policy (of consent)' }),
    tenant: Type.Union([Type.String(), Type.Null()]),
    dialect: Type.Union([Type.String(), Type.Null()]),
    requestId: Type.Union([Type.String(), Type.Null()]),
  }),
  reason: Type.Union([Type.String(), Type.Null()], {
    description: 'Why, as far as whoever caused it said; both parties may read it.',
  }),
})

export const WhoAmI = Type.Object({
  operator: Type.Boolean(),
  tenant: Type.Union([Type.Object({ id: Type.String(), name: Type.String() }), Type.Null()], {
    description: 'Whose token it is; null for the operator.',
  }),
  dataPlane: Type.String({ description: 'What carries packets; "none": the records are all there is.' }),
})

export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String({ description: 'Stable: what a program may decide by.' }),
  detail: Type.String(),
  requestId: Type.String(),
})

export const Id = Type.Object({ id: Type.String({ maxLength: 64 }) })
export const DryRun = Type.Object({
  dryRun: Type.Optional(Type.Boolean({ description: 'Find out what would happen, and change nothing.' })),
})
export const Page = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  after: Type.Optional(Type.String({ maxLength: 64, description: 'Goes on after the row with this id.' })),
}

/** The bootstrap file. */
export const BootstrapFile = Type.Object(
  {
    regions: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: Type.String({ minLength: 1, maxLength: 64 }),
            huawei: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
            alibaba: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
            tencent: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
          },
          { additionalProperties: false },
        ),
        { minItems: 1 },
      ),
    ),
    tenants: Type.Optional(
      Type.Array(
        Type.Object(
          { ...NewTenant.properties, consent: Type.Optional(consentPolicy('Names of tenants.')) },
          { additionalProperties: false },
        ),
      ),
    ),
    vpcs: Type.Optional(
      Type.Array(
        Type.Object(
          {
            tenant: Type.String(),
            name: Type.String({ maxLength: 64 }),
            region: Type.String(),
            cidrs: Cidrs,
            ids: Type.Optional(
              Type.Object(
                {
                  huawei: Type.Optional(Type.String({ format: 'uuid' })),
                  alibaba: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
                  tencent: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
                },
                { additionalProperties: false },
              ),
            ),
          },
          { additionalProperties: false },
        ),
      ),
    ),
  },
  { additionalProperties: false },
)
