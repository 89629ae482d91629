import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { type PartId, partId, type VpcId } from '../../domain/identity.ts'
import type { WantedLink } from '../../domain/realization.ts'
import type { Adopted } from '../../domain/vpc.ts'
import type { DataPlane } from '../../ports/data-plane.ts'
import { buildAdopted, buildLink, buildVpc, type TestSubnet, type TestVpc } from './data-plane.fixtures.ts'

/** A place in which a driver's networks are real, and a way to meddle with them behind its back. */
export interface World {
  readonly dataPlane: DataPlane
  /** Closes the driver and opens another, which knows nothing of what the first one did. */
  reopen(): Promise<DataPlane>
  /**
   * Does `work` with a driver that dies after so many of its steps, as if the process were killed there. Answers whether
   * it died.
   */
  dying(steps: number, work: (dataPlane: DataPlane) => Promise<void>): Promise<boolean>
  /** Why the driver plugs no workload in by itself; null: it does. */
  readonly plugsNothing: string | null
  /** Has a workload live at a port that was realized; answers the namespace it lives in. */
  plug(port: PartId): Promise<string>
  /** Runs a program in a namespace. Rejects where it fails. */
  exec(namespace: string, program: string, args: readonly string[]): Promise<string>
  /** All there is, in an order of its own, without what changes by itself. */
  dump(): Promise<string>
  /** Makes a router by hand, in `blocks`, and a workload in each; with rows of its own that have nothing to do with us. */
  makeRouter(blocks: readonly string[]): Promise<HandMadeRouter>
  /** Sends packets for a block into a link, whatever its owner wants. */
  routeByHand(vpc: VpcId, destination: string, link: WantedLink): Promise<void>
  /** Takes away all that keeps packets from crossing a VPC from one peering to another. */
  removeTransitGuard(vpc: VpcId): Promise<void>
  /** Lets packets into either VPC of a link that is closed, from the other's blocks. */
  openGateByHand(link: WantedLink): Promise<void>
  /** Ways to damage a link that is open, so that its packets no longer pass. */
  readonly damages: readonly { readonly what: string; inflict(link: WantedLink): Promise<void> }[]
  /** Ends everything, and takes away all that was made. */
  dispose(): Promise<void>
}

export interface HandMadeRouter {
  readonly adopted: Adopted
  readonly workloads: readonly { readonly namespace: string; readonly addresses: readonly string[] }[]
  /** Everything in it that does not carry the mark, byte for byte. */
  foreignRows(): Promise<string>
}

/** A workload of a test: where it lives, and its IPv4 and its IPv6 address. */
interface Place {
  readonly namespace: string
  readonly addresses: readonly string[]
}

/** The workloads of a few VPCs. */
type Homes = [Place[], Place[], Place[]]

const A = ['10.1.0.0/16', 'fd00:1::/48']
const B = ['10.2.0.0/16', '172.20.0.0/16', 'fd00:2::/48']
const C = ['10.3.0.0/16', 'fd00:3::/48']
const SUBNET_A: TestSubnet = { cidrs: ['10.1.1.0/24', 'fd00:1:0:1::/64'] }
const SUBNET_B: TestSubnet = { cidrs: ['10.2.1.0/24', 'fd00:2:0:1::/64'] }
const SUBNET_C: TestSubnet = { cidrs: ['10.3.1.0/24', 'fd00:3:0:1::/64'] }

/** What every driver must do, told by packets. */
export function dataPlaneContract(name: string, open: () => Promise<World>): void {
  describe(`the DataPlane port over ${name}`, () => {
    let world: World
    beforeEach(async () => {
      world = await open()
    })
    afterEach(() => world.dispose())
    const opened = () => world
    rulesContract(opened)
    routingContract(opened)
    lifeContract(opened)
    damageContract(opened)
    adoptionContract(opened)
    proofContract(opened)
  })
}

/** Realizes some VPCs, and answers where their workloads are, in the order of their subnets. */
async function inhabit(world: World, ...vpcs: readonly TestVpc[]): Promise<Place[][]> {
  const found: Place[][] = []
  for (const { id, network } of vpcs) {
    await world.dataPlane.realizeNetwork(id, network)
    const places: Place[] = []
    for (const port of network.ports) {
      places.push({ namespace: await world.plug(port.id), addresses: port.addresses })
    }
    found.push(places)
  }
  return found
}

/** A and B, each with one workload. */
async function neighbours(world: World): Promise<{ a: TestVpc; b: TestVpc; here: Place; there: Place }> {
  const [a, b] = [buildVpc(A, [SUBNET_A]), buildVpc(B, [SUBNET_B])]
  const [here, there] = (await inhabit(world, a, b)).map(([place]) => place)
  assert.ok(here && there)
  return { a, b, here, there }
}

const lay = (world: World, link: WantedLink) => world.dataPlane.realizeLink(link.peering, link)

/** How many echo requests a workload has received so far, of either family. */
async function heard(world: World, { namespace }: Place): Promise<number> {
  const files = ['/proc/net/snmp', '/proc/net/snmp6']
  const text = await world.exec(namespace, 'cat', files)
  const [names, values] = text.split('\n').filter((line) => line.startsWith('Icmp:'))
  const index = names?.split(' ').indexOf('InEchos') ?? -1
  return Number(values?.split(' ')[index]) + Number(/^Icmp6InEchos\s+(\d+)$/m.exec(text)?.[1])
}

/** The address of a workload that is of the same family as `to`. */
const sourceFor = ({ addresses }: Place, to: string) =>
  addresses.find((address) => address.includes(':') === to.includes(':'))

async function ping(world: World, from: Place, to: string, patience: readonly string[]): Promise<boolean> {
  const args = ['-n', '-q', '-i', '0.05', ...patience, '-I', sourceFor(from, to) ?? '', to]
  return world.exec(from.namespace, 'ping', args).then(
    () => true,
    () => false,
  )
}

/** Packets pass between two workloads, in both directions, by each family that both have. */
async function assertReach(world: World, one: Place, other: Place): Promise<void> {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    const common = to.addresses.filter((address) => sourceFor(from, address) !== undefined)
    assert.ok(common.length > 0)
    for (const address of common) {
      const answered = await ping(world, from, address, ['-c', '1', '-w', '2'])
      assert.ok(answered, `${address} answers ${from.addresses}`)
    }
  }
}

/** Not a packet arrives, in either direction, by either family: nothing is lost on the way back only. */
async function assertApart(world: World, one: Place, other: Place): Promise<void> {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    const before = await heard(world, to)
    const common = to.addresses.filter((address) => sourceFor(from, address) !== undefined)
    assert.ok(common.length > 0)
    await Promise.all(common.map((address) => ping(world, from, address, ['-c', '3', '-W', '0.1'])))
    assert.equal(await heard(world, to), before, `nothing from ${from.addresses} arrives at ${to.addresses}`)
  }
}

function rulesContract(opened: () => World): void {
  describe('lets pass what both sides agreed to, and nothing else', () => {
    it('lets nothing cross without a peering', async () => {
      const { here, there } = await neighbours(opened())
      await assertApart(opened(), here, there)
    })

    it('lets packets pass where it is open and routed both ways', async () => {
      const { a, b, here, there } = await neighbours(opened())
      await lay(opened(), buildLink({ vpc: a }, { vpc: b }))
      await assertReach(opened(), here, there)
    })

    it('carries TCP', async () => {
      const { a, b, here, there } = await neighbours(opened())
      await lay(opened(), buildLink({ vpc: a }, { vpc: b }))
      for (const [index, address] of there.addresses.entries()) {
        const answer = await sendByTcp(opened(), here, there, address, 5_000 + index)
        assert.equal(answer, 65_536, `by way of ${address}`)
      }
    })

    it('lets nothing pass, either way, where one side has no route', async () => {
      const { a, b, here, there } = await neighbours(opened())
      const link = buildLink({ vpc: a }, { vpc: b, routes: [] })
      await lay(opened(), link)
      await assertApart(opened(), here, there)
      await lay(opened(), buildLink({ vpc: a, routes: [] }, { vpc: b }, { peering: link.peering }))
      await assertApart(opened(), here, there)
      await lay(opened(), buildLink({ vpc: a }, { vpc: b }, { peering: link.peering }))
      await assertReach(opened(), here, there)
    })

    it('lets nothing pass, and changes nothing that matters, while it is closed', async () => {
      const world = opened()
      const { a, b, here, there } = await neighbours(world)
      const closed = buildLink({ vpc: a }, { vpc: b }, { open: false })
      await lay(world, closed)
      await assertApart(world, here, there)
      for (const cidr of B) await world.routeByHand(a.id, cidr, closed)
      for (const cidr of A) await world.routeByHand(b.id, cidr, closed)
      await assertApart(world, here, there)
      // The control: the very same packets pass once somebody opens it by hand.
      await world.openGateByHand(closed)
      await assertReach(world, here, there)
      // And are stopped by the next pass.
      await world.dataPlane.realizeLink(closed.peering, closed)
      await assertApart(world, here, there)
    })

    it('does not lead from one peering into another, whatever the outer ones do', async () => {
      const world = opened()
      const [a, b, c] = [buildVpc(A, [SUBNET_A]), buildVpc(B, [SUBNET_B]), buildVpc(C, [SUBNET_C])]
      const [here, middle, there] = (await inhabit(world, a, b, c)).map(([place]) => place)
      assert.ok(here && middle && there)
      const [first, second] = [buildLink({ vpc: a }, { vpc: b }), buildLink({ vpc: b }, { vpc: c })]
      await lay(world, first)
      await lay(world, second)
      await assertApart(world, here, there)
      for (const cidr of C) await world.routeByHand(a.id, cidr, first)
      for (const cidr of A) await world.routeByHand(c.id, cidr, second)
      await assertApart(world, here, there)
      await assertReach(world, here, middle)
      await assertReach(world, middle, there)
      // The control: without the guards these packets do pass.
      for (const { id } of [a, b, c]) await world.removeTransitGuard(id)
      await assertReach(world, here, there)
    })

    it('leads only to what is inside the other side’s blocks', async () => {
      const world = opened()
      const outside: TestSubnet = { cidrs: ['10.99.1.0/24', 'fd00:99:0:1::/64'] }
      const [a, b] = [buildVpc(A, [SUBNET_A]), buildVpc(B, [SUBNET_B, outside])]
      const [[here], [inside, beyond]] = (await inhabit(world, a, b)) as Homes
      assert.ok(here && inside && beyond)
      const link = buildLink({ vpc: a, routes: [...B, ...outside.cidrs] }, { vpc: b })
      await lay(world, link)
      await assertReach(world, here, inside)
      await assertApart(world, here, beyond)
      for (const cidr of outside.cidrs) await world.routeByHand(a.id, cidr, link)
      await assertApart(world, here, beyond)
      for (const { id } of [a, b]) await world.removeTransitGuard(id)
      const before = await heard(world, beyond)
      for (const address of beyond.addresses) await ping(world, here, address, ['-c', '1', '-w', '2'])
      assert.ok((await heard(world, beyond)) > before, 'without the guards something arrives')
    })
  })
}

/** Has a workload listen, and another send it some bytes; answers how many arrived. */
async function sendByTcp(
  world: World,
  from: Place,
  to: Place,
  address: string,
  port: number,
): Promise<number> {
  const listen = `const server = require('net').createServer((socket) => {
    let count = 0
    socket.on('data', (bytes) => { count += bytes.length })
    socket.on('end', () => { console.log(count); server.close() })
  }).listen(${port}, '${address}')
  setTimeout(() => process.exit(1), 10000).unref()`
  const send = `const attempt = (left) => {
    const socket = require('net').connect(${port}, '${address}', () => socket.end(Buffer.alloc(65536)))
    socket.on('error', () => left > 0 ? setTimeout(attempt, 50, left - 1) : process.exit(1))
  }
  attempt(100)`
  const [count] = await Promise.all([
    world.exec(to.namespace, process.execPath, ['-e', listen]),
    world.exec(from.namespace, process.execPath, ['-e', send]),
  ])
  return Number(count)
}

function routingContract(opened: () => World): void {
  describe('routes as each side wants', () => {
    it('leads to several blocks', async () => {
      const world = opened()
      const second: TestSubnet = { cidrs: ['172.20.5.0/24'] }
      const [a, b] = [buildVpc(A, [SUBNET_A]), buildVpc(B, [SUBNET_B, second])]
      const [[here], places] = (await inhabit(world, a, b)) as Homes
      assert.ok(here)
      const link = buildLink({ vpc: a }, { vpc: b })
      await lay(world, link)
      for (const place of places) await assertReach(world, here, place)
      // Only what is still routed is still reached.
      const routes = ['10.2.0.0/16', 'fd00:2::/48']
      await lay(world, buildLink({ vpc: a, routes }, { vpc: b }, { peering: link.peering }))
      const [first, other] = places
      assert.ok(first && other)
      await assertReach(world, here, first)
      await assertApart(world, here, other)
    })

    it('takes the longest prefix, of routes by two peerings', async () => {
      const world = opened()
      const wide: TestSubnet = { cidrs: ['10.2.8.0/24', 'fd00:2:0:8::/64'] }
      const [a, b] = [buildVpc(A, [SUBNET_A]), buildVpc(B, [SUBNET_B, wide])]
      const narrow = buildVpc(wide.cidrs, [wide])
      const [[here], [near, hidden], [chosen]] = (await inhabit(world, a, b, narrow)) as Homes
      assert.ok(here && near && hidden && chosen)
      await lay(world, buildLink({ vpc: a }, { vpc: b }))
      await assertReach(world, here, hidden)
      await lay(world, buildLink({ vpc: a }, { vpc: narrow }))
      const before = await heard(world, hidden)
      await assertReach(world, here, chosen)
      assert.equal(await heard(world, hidden), before)
      await assertReach(world, here, near)
    })

    it('lets what is local win', async () => {
      const world = opened()
      const own: TestSubnet = { cidrs: ['10.1.2.0/24', 'fd00:1:0:2::/64'] }
      const a = buildVpc(A, [SUBNET_A, own])
      const same = buildVpc(
        ['10.1.2.0/25', 'fd00:1:0:2::/65'],
        [{ cidrs: ['10.1.2.0/25', 'fd00:1:0:2::/65'] }],
      )
      const [[here, local], [stranger]] = (await inhabit(world, a, same)) as Homes
      assert.ok(here && local && stranger)
      await lay(world, buildLink({ vpc: a }, { vpc: same }))
      const before = await heard(world, stranger)
      await assertReach(world, here, local)
      assert.equal(await heard(world, stranger), before)
    })

    it('is not disturbed by the same blocks elsewhere', async () => {
      const world = opened()
      const { a, b, here, there } = await neighbours(world)
      const [twin, c] = [buildVpc(A, [SUBNET_A]), buildVpc(C, [SUBNET_C])]
      const [[double], [third]] = (await inhabit(world, twin, c)) as Homes
      assert.ok(double && third)
      await lay(world, buildLink({ vpc: a }, { vpc: b }))
      await lay(world, buildLink({ vpc: twin }, { vpc: c }))
      const before = [await heard(world, double), await heard(world, here)]
      await assertReach(world, here, there)
      assert.equal(await heard(world, double), before[0])
      const between = await heard(world, here)
      await assertReach(world, double, third)
      assert.equal(await heard(world, here), between)
      await assertApart(world, double, there)
    })

    it('lets only those subnets use a route table that go by it', async () => {
      const world = opened()
      const routeTable = partId('30000000-0000-7000-8000-000000000001')
      const special: TestSubnet = { cidrs: ['10.1.2.0/24', 'fd00:1:0:2::/64'], routeTable }
      const [a, b] = [buildVpc(A, [SUBNET_A, special]), buildVpc(B, [SUBNET_B])]
      const [[plain, chosen], [there]] = (await inhabit(world, a, b)) as Homes
      assert.ok(plain && chosen && there)
      const routes = ['10.2.0.0/16', 'fd00:2::/48'].map((destination) => ({ destination, routeTable }))
      const link = buildLink({ vpc: a, routes }, { vpc: b })
      await lay(world, link)
      await assertReach(world, chosen, there)
      for (const address of there.addresses) {
        assert.equal(await ping(world, plain, address, ['-c', '2', '-W', '0.1']), false)
      }
      // Nor does a subnet with a table of its own use the default one.
      await lay(world, buildLink({ vpc: a }, { vpc: b }, { peering: link.peering }))
      await assertReach(world, plain, there)
      for (const address of there.addresses) {
        assert.equal(await ping(world, chosen, address, ['-c', '2', '-W', '0.1']), false)
      }
    })
  })
}

function lifeContract(opened: () => World): void {
  describe('comes, stays and goes', () => {
    it('stops packets where it is closed or deleted, and leaves nothing behind', async () => {
      const world = opened()
      const { a, b, here, there } = await neighbours(world)
      const bare = await world.dump()
      const link = buildLink({ vpc: a }, { vpc: b })
      for (const end of [buildLink({ vpc: a }, { vpc: b }, { open: false, peering: link.peering }), null]) {
        await lay(world, link)
        await assertReach(world, here, there)
        assert.ok((await world.dataPlane.observe()).links.includes(link.peering))
        await world.dataPlane.realizeLink(link.peering, end)
        await assertApart(world, here, there)
      }
      assert.equal(await world.dump(), bare)
      assert.ok(!(await world.dataPlane.observe()).links.includes(link.peering))
      await world.dataPlane.realizeLink(link.peering, null)
      assert.equal(await world.dump(), bare)
    })

    it('lays a closed link beside an open one and takes it away, as often as it is asked to', async () => {
      const world = opened()
      const { a, b, here, there } = await neighbours(world)
      const c = buildVpc(C, [SUBNET_C])
      const [[third]] = (await inhabit(world, c)) as Homes
      assert.ok(third)
      await lay(world, buildLink({ vpc: a }, { vpc: b }))
      const laid = await world.dump()
      const closed = buildLink({ vpc: c }, { vpc: a }, { open: false })
      for (const wanted of [closed, closed, null, null]) {
        await world.dataPlane.realizeLink(closed.peering, wanted)
        await assertApart(world, here, third)
        await assertReach(world, here, there)
      }
      assert.equal(await world.dump(), laid)
    })

    it('opens what was laid while it was asked for, with the routes that there are by then', async () => {
      const world = opened()
      const { a, b, here, there } = await neighbours(world)
      const bare = await world.dump()
      const open = buildLink({ vpc: a }, { vpc: b })
      const closed = buildLink({ vpc: a }, { vpc: b }, { open: false, peering: open.peering })
      const oneWay = buildLink({ vpc: a }, { vpc: b, routes: [] }, { peering: open.peering })
      for (const [wanted, passes] of [
        [closed, false],
        [open, true],
        [oneWay, false],
        [open, true],
        [closed, false],
        [oneWay, false],
      ] as const) {
        await world.dataPlane.realizeLink(open.peering, wanted)
        if (passes) await assertReach(world, here, there)
        else await assertApart(world, here, there)
      }
      await world.dataPlane.realizeLink(open.peering, null)
      assert.equal(await world.dump(), bare)
    })

    it('takes the networks away, with all their ports', async () => {
      const world = opened()
      const nothing = await world.dump()
      const { a, b } = await neighbours(world)
      const link = buildLink({ vpc: a }, { vpc: b })
      await lay(world, link)
      const { networks } = await world.dataPlane.observe()
      for (const { id } of [a, b]) assert.ok(networks.includes(id))
      const lessOne = { ...a.network, ports: [] }
      await world.dataPlane.realizeNetwork(a.id, lessOne)
      const port = a.network.ports[0]
      assert.ok(port)
      assert.equal((await world.dump()).includes(port.id), false)
      await world.dataPlane.realizeLink(link.peering, null)
      for (const { id } of [a, b]) await world.dataPlane.realizeNetwork(id, null)
      assert.equal(await world.dump(), nothing)
      const left = await world.dataPlane.observe()
      for (const { id } of [a, b]) assert.ok(!left.networks.includes(id))
    })

    it('plugs a workload into a namespace that is there, and waits for one that is not', async (context) => {
      const world = opened()
      if (world.plugsNothing !== null) return context.skip(world.plugsNothing)
      const { workloads } = await world.makeRouter(['192.0.2.0/24'])
      const [host] = workloads
      assert.ok(host)
      const before = await world.dump()
      const absent = { cidrs: ['10.1.3.0/24'], namespace: 'isthmus-test-nowhere' }
      const vpc = buildVpc(A, [SUBNET_A, { cidrs: ['10.1.2.0/24'], namespace: host.namespace }, absent])
      await assert.rejects(world.dataPlane.realizeNetwork(vpc.id, vpc.network), /isthmus-test-nowhere/)
      const ports = vpc.network.ports.slice(0, 2)
      const [[here, guest]] = (await inhabit(world, { ...vpc, network: { ...vpc.network, ports } })) as Homes
      assert.ok(here && guest)
      assert.equal(guest.namespace, host.namespace)
      // It keeps the way that it had to everywhere else.
      await world.exec(guest.namespace, 'ip', ['route', 'add', '10.1.1.0/24', 'via', '10.1.2.1'])
      await assertReach(world, here, guest)
      await world.dataPlane.realizeNetwork(vpc.id, null)
      assert.equal(await world.dump(), before)
    })

    it('changes nothing at a second pass, nor by a driver that has just started', async () => {
      const world = opened()
      const { a, b } = await neighbours(world)
      const link = buildLink({ vpc: a }, { vpc: b })
      await lay(world, link)
      // What somebody else has put there is none of our business.
      await world.routeByHand(a.id, '10.66.0.0/16', link)
      const laid = await world.dump()
      assert.match(laid, /10\.66\.0\.0/)
      const pass = async (dataPlane: DataPlane) => {
        for (const { id, network } of [a, b]) await dataPlane.realizeNetwork(id, network)
        await dataPlane.realizeLink(link.peering, link)
      }
      await pass(world.dataPlane)
      assert.equal(await world.dump(), laid)
      await pass(await world.reopen())
      assert.equal(await world.dump(), laid)
    })

    it('mends a pass that died at any step, and leaves nothing of it behind', async () => {
      const world = opened()
      const { a, b, here, there } = await neighbours(world)
      const bare = await world.dump()
      const link = buildLink({ vpc: a }, { vpc: b })
      for (let [step, died] = [1, true]; died; step++) {
        died = await world.dying(step, (dataPlane) => dataPlane.realizeLink(link.peering, link))
        // Whoever takes over finds it either wanted still, or no longer.
        const next = await world.reopen()
        if (step % 2 === 0) {
          await next.realizeLink(link.peering, link)
          await assertReach(world, here, there)
        } else if (!(await next.observe()).links.includes(link.peering)) {
          assert.equal(await world.dump(), bare, `nothing is left that is not observed, after ${step} steps`)
        }
        await next.realizeLink(link.peering, null)
        assert.equal(await world.dump(), bare, `after ${step} steps`)
      }
      for (let [step, died] = [1, true]; died; step++) {
        await (await world.reopen()).realizeLink(link.peering, link)
        died = await world.dying(step, (dataPlane) => dataPlane.realizeLink(link.peering, null))
        const next = await world.reopen()
        const { links } = await next.observe()
        assert.equal(links.includes(link.peering), (await world.dump()) !== bare, `after ${step} steps`)
        await next.realizeLink(link.peering, null)
        assert.equal(await world.dump(), bare, `after ${step} steps`)
      }
    })

    it('mends an acceptance that died at any step, of what one and the same driver had laid', async () => {
      const world = opened()
      const { a, b, here, there } = await neighbours(world)
      const bare = await world.dump()
      const open = buildLink({ vpc: a }, { vpc: b })
      const closed = buildLink({ vpc: a }, { vpc: b }, { open: false, peering: open.peering })
      for (let [step, died] = [1, true]; died; step++) {
        let isLaid = false
        died = await world.dying(step, async (dataPlane) => {
          await dataPlane.realizeLink(open.peering, closed)
          isLaid = true
          await dataPlane.realizeLink(open.peering, open)
        })
        const next = await world.reopen()
        await next.realizeLink(open.peering, open)
        if (isLaid) await assertReach(world, here, there)
        await next.realizeLink(open.peering, null)
        assert.equal(await world.dump(), bare, `after ${step} steps`)
      }
    })

    it('mends a network whose pass died at any step, and leaves nothing of it behind', async () => {
      const world = opened()
      const nothing = await world.dump()
      const vpc = buildVpc(A, [SUBNET_A, { cidrs: ['10.1.2.0/24'] }])
      for (let [step, died] = [1, true]; died; step++) {
        died = await world.dying(step, (dataPlane) => dataPlane.realizeNetwork(vpc.id, vpc.network))
        const next = await world.reopen()
        if (step % 2 === 0) {
          const [[one, other]] = (await inhabit(world, vpc)) as Homes
          assert.ok(one && other)
          await assertReach(world, one, other)
        }
        await next.realizeNetwork(vpc.id, null)
        assert.equal(await world.dump(), nothing, `after ${step} steps`)
      }
    })
  })
}

function damageContract(opened: () => World): void {
  describe('withstands meddling', () => {
    it('mends what was damaged by hand, hears of it, and leaves be what is somebody else’s', async () => {
      const world = opened()
      const { a, b, here, there } = await neighbours(world)
      const link = buildLink({ vpc: a }, { vpc: b })
      const drifted = new Set<string>()
      let onDrift = () => {}
      world.dataPlane.watch((what) => {
        if (what && 'peering' in what) drifted.add(what.peering)
        onDrift()
      })
      await lay(world, link)
      const laid = await world.dump()
      for (const { what, inflict } of world.damages) {
        drifted.clear()
        await inflict(link)
        for (const address of there.addresses) {
          assert.equal(await ping(world, here, address, ['-c', '2', '-W', '0.1']), false, what)
        }
        while (!drifted.has(link.peering)) {
          await new Promise<void>((resolve) => {
            onDrift = resolve
          })
        }
        await lay(world, link)
        await assertReach(world, here, there)
        assert.equal(await world.dump(), laid, what)
      }
    })
  })
}

function adoptionContract(opened: () => World): void {
  describe('adopts a router that is not ours', () => {
    it('keeps every foreign row byte for byte, through peering, crash and deletion', async () => {
      const world = opened()
      const router = await world.makeRouter(['10.5.1.0/24', 'fd00:5:0:1::/64'])
      const before = await world.dump()
      const foreign = await router.foreignRows()
      const adopted = buildAdopted(router.adopted, ['10.5.0.0/16', 'fd00:5::/48'])
      const b = buildVpc(B, [SUBNET_B])
      const [, [there]] = (await inhabit(world, adopted, b)) as Homes
      const [here] = router.workloads
      assert.ok(here && there)
      const link = buildLink({ vpc: adopted }, { vpc: b })
      await lay(world, link)
      await assertReach(world, here, there)
      assert.equal(await router.foreignRows(), foreign)
      for (let [step, died] = [1, true]; died; step += 3) {
        await world.dataPlane.realizeLink(link.peering, null)
        died = await world.dying(step, (dataPlane) => dataPlane.realizeLink(link.peering, link))
        assert.equal(await router.foreignRows(), foreign, `after ${step} steps`)
        await (await world.reopen()).realizeLink(link.peering, link)
      }
      await assertReach(world, here, there)
      await world.dataPlane.realizeLink(link.peering, null)
      await world.dataPlane.realizeNetwork(adopted.id, null)
      await world.dataPlane.realizeNetwork(b.id, null)
      assert.equal(await world.dump(), before)
    })

    it('says so where there is none by that name', async () => {
      const world = opened()
      const router = await world.makeRouter(['10.5.1.0/24'])
      const [[key]] = Object.entries(router.adopted) as [[string, string]]
      const nowhere = { [key]: 'isthmus-test-nowhere' } as unknown as Adopted
      const vpc = buildAdopted(nowhere, ['10.5.0.0/16'])
      await assert.rejects(world.dataPlane.realizeNetwork(vpc.id, vpc.network), /isthmus-test-nowhere/)
    })
  })
}

function proofContract(opened: () => World): void {
  describe('proves what it says', () => {
    it('has packets tell whether a link is open or closed', async () => {
      const world = opened()
      const { a, b } = await neighbours(world)
      const link = buildLink({ vpc: a }, { vpc: b })
      const closed = buildLink({ vpc: a }, { vpc: b }, { open: false, peering: link.peering })
      await lay(world, closed)
      assert.deepEqual(await world.dataPlane.prove(link.peering, closed), { kind: 'proven' })
      assert.equal((await world.dataPlane.prove(link.peering, link)).kind, 'failed')
      await lay(world, link)
      assert.deepEqual(await world.dataPlane.prove(link.peering, link), { kind: 'proven' })
      assert.equal((await world.dataPlane.prove(link.peering, closed)).kind, 'failed')
      for (const { inflict } of world.damages) {
        await inflict(link)
        assert.equal((await world.dataPlane.prove(link.peering, link)).kind, 'failed')
        await (await world.reopen()).realizeLink(link.peering, link)
        assert.deepEqual(await world.dataPlane.prove(link.peering, link), { kind: 'proven' })
      }
      await world.dataPlane.realizeLink(link.peering, null)
      assert.deepEqual(await world.dataPlane.prove(link.peering, null), { kind: 'proven' })
    })

    it('says so where nothing can be proven', async () => {
      const world = opened()
      const [a, b] = [buildVpc(A, [SUBNET_A]), buildVpc(B, [])]
      await inhabit(world, a, b)
      const link = buildLink({ vpc: a }, { vpc: b })
      await lay(world, link)
      assert.equal((await world.dataPlane.prove(link.peering, link)).kind, 'not-provable')
      await world.dataPlane.ping()
    })
  })
}
