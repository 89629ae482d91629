import type { Command } from './command.ts'

/** A heading of the overview, with the commands below it. */
interface Group {
  readonly heading: string
  readonly commands: Readonly<Record<string, () => Promise<Command>>>
}

/** Every command, loaded when it is asked for: what serves need not hold what copies. */
export const GROUPS: readonly Group[] = [
  {
    heading: 'Run the service',
    commands: {
      serve: async () => (await import('./commands/serve.ts')).serve,
      demo: async () => (await import('./commands/demo.ts')).demo,
      doctor: async () => (await import('./commands/doctor.ts')).doctor,
    },
  },
  {
    heading: 'Tenants and keys',
    commands: {
      'tenant create': async () => (await import('./commands/tenant-create.ts')).tenantCreate,
      'tenant list': async () => (await import('./commands/tenant-list.ts')).tenantList,
      'tenant show': async () => (await import('./commands/tenant-show.ts')).tenantShow,
      'key create': async () => (await import('./commands/key-create.ts')).keyCreate,
      'key list': async () => (await import('./commands/key-list.ts')).keyList,
      'key delete': async () => (await import('./commands/key-delete.ts')).keyDelete,
    },
  },
  {
    heading: 'Peerings',
    commands: {
      inbox: async () => (await import('./commands/inbox.ts')).inbox,
      'peering request': async () => (await import('./commands/peering-request.ts')).peeringRequest,
      'peering accept': async () => (await import('./commands/peering-accept.ts')).peeringAccept,
      'peering reject': async () => (await import('./commands/peering-reject.ts')).peeringReject,
      'peering reopen': async () => (await import('./commands/peering-reopen.ts')).peeringReopen,
      'peering list': async () => (await import('./commands/peering-list.ts')).peeringList,
      'peering show': async () => (await import('./commands/peering-show.ts')).peeringShow,
      'peering watch': async () => (await import('./commands/peering-watch.ts')).peeringWatch,
      'peering delete': async () => (await import('./commands/peering-delete.ts')).peeringDelete,
      events: async () => (await import('./commands/events.ts')).events,
      explain: async () => (await import('./commands/explain.ts')).explain,
    },
  },
  {
    heading: 'Networks',
    commands: {
      'vpc create': async () => (await import('./commands/vpc-create.ts')).vpcCreate,
      'vpc list': async () => (await import('./commands/vpc-list.ts')).vpcList,
      'vpc show': async () => (await import('./commands/vpc-show.ts')).vpcShow,
      'vpc delete': async () => (await import('./commands/vpc-delete.ts')).vpcDelete,
      'subnet create': async () => (await import('./commands/subnet-create.ts')).subnetCreate,
      'subnet list': async () => (await import('./commands/subnet-list.ts')).subnetList,
      'subnet delete': async () => (await import('./commands/subnet-delete.ts')).subnetDelete,
      'port create': async () => (await import('./commands/port-create.ts')).portCreate,
      'port list': async () => (await import('./commands/port-list.ts')).portList,
      'port delete': async () => (await import('./commands/port-delete.ts')).portDelete,
      'route add': async () => (await import('./commands/route-add.ts')).routeAdd,
      'route list': async () => (await import('./commands/route-list.ts')).routeList,
      'route delete': async () => (await import('./commands/route-delete.ts')).routeDelete,
      'export terraform': async () => (await import('./commands/export-terraform.ts')).exportTerraform,
    },
  },
  {
    heading: 'Keep and move data',
    commands: {
      migrate: async () => (await import('./commands/migrate.ts')).migrate,
      backup: async () => (await import('./commands/backup.ts')).backup,
      restore: async () => (await import('./commands/restore.ts')).restore,
      copy: async () => (await import('./commands/copy.ts')).copy,
    },
  },
  {
    heading: 'This command line',
    commands: {
      'profile set': async () => (await import('./commands/profile-set.ts')).profileSet,
      'profile list': async () => (await import('./commands/profile-list.ts')).profileList,
      'profile use': async () => (await import('./commands/profile-use.ts')).profileUse,
      'profile show': async () => (await import('./commands/profile-show.ts')).profileShow,
      completion: async () => (await import('./commands/completion.ts')).completion,
    },
  },
]

const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = Object.assign(
  {},
  ...GROUPS.map(({ commands }) => commands),
)

export const COMMAND_NAMES: readonly string[] = Object.keys(COMMANDS)

/** The command that `words` begin with, by the longest name that fits, and the words that follow it; null: none. */
export async function commandIn(
  words: readonly string[],
): Promise<{ name: string; command: Command; args: readonly string[] } | null> {
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(' ')
    const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
    if (load && words.length >= length) return { name, command: await load(), args: words.slice(length) }
  }
  return null
}

/** All of them, in the order of the overview. */
export function loadCommands(): Promise<(readonly [name: string, command: Command])[]> {
  return Promise.all(Object.entries(COMMANDS).map(async ([name, load]) => [name, await load()] as const))
}
