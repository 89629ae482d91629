import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { southboundOf } from '../../src/adapters/data-plane/ovn/address.ts'
import { openNorthbound, openSouthbound } from '../../src/adapters/data-plane/ovn/tables.ts'

/** A program that reads once what the service looks at when it starts, and says when it has it. */
const [directory = '', northbound = ''] = process.argv.slice(2)
const networks = [openNorthbound(northbound), openSouthbound(southboundOf(northbound))]
const database = new DatabaseSync(join(directory, 'isthmus.db'), { readOnly: true })
const rows = ['peerings', 'vpcs', 'parts', 'realizations', 'allocations'].map(
  (table) => database.prepare(`SELECT * FROM ${table}`).all().length,
)
database.close()
await Promise.all(networks.map((network) => network.ready()))
process.stdout.write(`${rows.reduce((sum, count) => sum + count, 0)}\n`)
await Promise.all(networks.map((network) => network.close()))
