import { shellWord } from './text.ts'

type Body = Readonly<Record<string, string | undefined>>

/** Calls of the native API, and the command that makes each. */
const COMMANDS: readonly (readonly [
  call: RegExp,
  command: (parts: readonly string[], body: Body) => readonly string[],
])[] = [
  [
    /^POST \/peerings$/,
    (_, body) => [
      'peering',
      'request',
      body['requesterVpc'] ?? '',
      body['accepterVpc'] ?? '',
      body['name'] ?? '',
    ],
  ],
  [/^POST \/peerings\/([^/]+)\/(accept|reopen)$/, ([id = '', verb = '']) => ['peering', verb, id]],
  [
    /^POST \/vpcs\/([^/]+)\/routes$/,
    ([vpc = ''], body) => ['route', 'add', vpc, body['destination'] ?? '', body['peering'] ?? ''],
  ],
  [/^DELETE \/vpcs\/([^/]+)\/routes\/([^/]+)$/, ([vpc = '', route = '']) => ['route', 'delete', vpc, route]],
  [
    /^POST \/vpcs\/([^/]+)\/subnets$/,
    ([vpc = ''], body) => ['subnet', 'create', vpc, body['name'] ?? '', body['cidr'] ?? ''],
  ],
]

/** `POST /isthmus/v1/peerings/ID/accept` as a line for a shell; null: there is no command for it. */
export function commandFor(call: string): string | null {
  const [, line = '', json] = /^(\S+ \S+?)(?: (\{.*\}))?$/.exec(call.replace(' /isthmus/v1/', ' /')) ?? []
  const body = json === undefined ? {} : (JSON.parse(json) as Body)
  for (const [pattern, command] of COMMANDS) {
    const found = pattern.exec(line)
    if (found) return ['isthmus', ...command(found.slice(1), body)].map(shellWord).join(' ')
  }
  return null
}
