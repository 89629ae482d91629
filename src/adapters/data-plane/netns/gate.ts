import { type Cidr, contains, formatCidr, parseCidr } from '../../../domain/cidr.ts'
import type { PeeringId } from '../../../domain/identity.ts'
import type { WantedSide } from '../../../domain/realization.ts'
import { aliasOf, FILTER_TABLE, GROUP, parseAlias } from './names.ts'

/*
 * What packets from a peering must pass, in the filter table of ours in each VPC's namespace. One chain for each peering
 * says which blocks may come in for which; what it does not say is dropped, before the kernel looks for a route. And
 * what came in by one peering never leaves by another. A gate stands filled before anybody has agreed, and shut: nothing
 * comes in by a device that waits. To have the device wait no longer is far quicker than to change a filter.
 */

/** Packets from a block to a block; canonical texts of one family. */
export interface Passage {
  readonly source: string
  readonly destination: string
}

const T = `inet ${FILTER_TABLE}`
const HOOKS = { arriving: 'prerouting', crossing: 'forward' } as const
/** The rules that do not depend on any peering. */
const RULES = {
  arriving: [`iifgroup ${GROUP.waiting} drop`, `iifgroup ${GROUP.peering} jump peerings`],
  peerings: ['iifname vmap @gates', 'drop'],
  crossing: [`iifgroup ${GROUP.peering} oifgroup ${GROUP.peering} drop`],
} as const

/**
 * What may come in to `own` from `other`: only what either side has a route for, from the other's blocks to its own.
 * Where one of them has none, nothing may. Pure.
 */
export function passages(own: WantedSide, other: WantedSide): Passage[] {
  const sources = reachable(own, other)
  const destinations = reachable(other, own)
  return sources.flatMap((source) =>
    destinations
      .filter(({ family }) => family === source.family)
      .map((destination) => ({ source: formatCidr(source), destination: formatCidr(destination) })),
  )
}

/** Which blocks of `to` the routes of `from` lead to; none twice. */
export function reachable(from: WantedSide, to: WantedSide): Cidr[] {
  const blocks = blocksOf(to.cidrs)
  const texts = new Set(from.routes.map(({ destination }) => destination))
  return blocksOf([...texts]).filter((block) => blocks.some((outer) => contains(outer, block)))
}

const blocksOf = (texts: readonly string[]) =>
  texts.map(parseCidr).filter((block): block is Cidr => block !== null)

const ruleOf = ({ source, destination }: Passage) => {
  const family = source.includes(':') ? 'ip6' : 'ip'
  return `${family} saddr ${shown(source)} ${family} daddr ${shown(destination)} accept`
}

/** As `nft` shows a block. */
const shown = (block: string) => block.replace(/^([\d.]+)\/32$|^(.*:.*)\/128$/, '$1$2')

/** The commands that show all that matters to a peering's gate. */
export function showGate(device: string): string[] {
  return [
    ...['arriving', 'peerings', 'crossing', device].map((chain) => `list chain ${T} ${chain}`),
    `get element ${T} gates { "${device}" }`,
  ]
}

/** What the commands of `showGate` show where all is as wanted. */
export function expectedGate(device: string, peering: PeeringId, allowed: readonly Passage[]): string[] {
  const hook = (name: keyof typeof HOOKS) => [
    `chain ${name} {`,
    `type filter hook ${HOOKS[name]} priority -350; policy accept;`,
    ...RULES[name],
  ]
  return [
    ...hook('arriving'),
    'chain peerings {',
    ...RULES.peerings,
    ...hook('crossing'),
    `chain ${device} {`,
    `comment "${aliasOf(peering)}"`,
    ...allowed.map(ruleOf),
    'map gates {',
    'type ifname : verdict',
    `elements = { "${device}" : jump ${device} }`,
  ]
}

/** What `nft` has shown, by line, without what holds it together. */
export function linesOf(output: string): string[] {
  return output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && line !== '}' && line !== `table ${T} {`)
}

/** One transaction that makes a gate what it should be, whatever it was, and all that it stands on. */
export function layGate(device: string, peering: PeeringId, allowed: readonly Passage[]): string {
  const hook = (name: keyof typeof HOOKS) =>
    `add chain ${T} ${name} { type filter hook ${HOOKS[name]} priority -350; policy accept; }`
  const refill = (chain: string, rules: readonly string[]) => [
    `flush chain ${T} ${chain}`,
    ...rules.map((rule) => `add rule ${T} ${chain} ${rule}`),
  ]
  return [
    `add table ${T}`,
    `add map ${T} gates { type ifname : verdict; }`,
    `add chain ${T} peerings`,
    hook('arriving'),
    hook('crossing'),
    `add chain ${T} ${device} { comment "${aliasOf(peering)}"; }`,
    ...refill(device, allowed.map(ruleOf)),
    `add element ${T} gates { "${device}" : jump ${device} }`,
    ...refill('peerings', RULES.peerings),
    ...refill('arriving', RULES.arriving),
    ...refill('crossing', RULES.crossing),
  ].join('; ')
}

/** One transaction that changes what a gate lets pass, and nothing that it stands on. Fails where it is not there. */
export function fillGate(device: string, allowed: readonly Passage[]): string {
  return [
    `flush chain ${T} ${device}`,
    ...allowed.map((passage) => `add rule ${T} ${device} ${ruleOf(passage)}`),
  ].join('; ')
}

/** The transactions that take a gate away. Each may fail where there is nothing left of it. */
export function removeGate(device: string): string[] {
  return [
    `delete element ${T} gates { "${device}" }`,
    `flush chain ${T} ${device}; delete chain ${T} ${device}`,
  ]
}

export const SHOW_ALL = `list table ${T}`
export const REMOVE_ALL = `delete table ${T}`

/** The peerings whose gates are in a table, by what `SHOW_ALL` shows; null for one that does not say whose it is. */
export function gatesIn(output: string): { device: string; peering: string | null }[] {
  const lines = linesOf(output)
  return lines.flatMap((line, index) => {
    const device = /^chain (isthmus\w+) \{$/.exec(line)?.[1]
    if (device === undefined) return []
    const comment = /^comment "(.*)"$/.exec(lines[index + 1] ?? '')?.[1]
    return [{ device, peering: parseAlias(comment)?.id ?? null }]
  })
}
