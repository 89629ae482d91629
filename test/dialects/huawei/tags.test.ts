import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { startService, type TestService } from '../../rig/service.ts'
import { alice, bob } from '../../rig/tenants.ts'
import { assertVpcError, client, makeVpc, NOWHERE, type Send } from './client.ts'

const project = alice.projects['region-a']

let service: TestService
let asAlice: Send
before(async () => {
  service = await startService()
  asAlice = client(service, alice)
})
after(() => service.close())

async function makeSubnet(send: Send, vpc: string, of: string): Promise<string> {
  const subnet = { name: 's', cidr: '10.0.1.0/24', gateway_ip: '10.0.1.1', vpc_id: vpc }
  return (await send('POST', `/v1/${of}/subnets`, { body: { subnet } })).body.subnet.id
}

const KINDS = {
  vpcs: { make: () => makeVpc(service, alice), foreign: () => makeVpc(service, bob) },
  subnets: {
    make: async () => makeSubnet(asAlice, await makeVpc(service, alice), project),
    foreign: async () =>
      makeSubnet(client(service, bob), await makeVpc(service, bob), bob.projects['region-a']),
  },
}

for (const [kind, { make, foreign }] of Object.entries(KINDS)) {
  suite(kind, () => {
    const path = (id: string) => `/v2.0/${project}/${kind}/${id}/tags`
    const read = async (id: string) => (await asAlice('GET', path(id))).body.tags
    const act = (id: string, body: unknown) => asAlice('POST', `${path(id)}/action`, { body })

    test('none at first; 204 for each action, and safe to repeat', async () => {
      const id = await make()
      const none = await asAlice('GET', path(id))
      assert.deepEqual([none.status, none.text], [200, '{"tags":[]}'])
      const tags = [
        { key: 'a', value: '1' },
        { key: 'b c', value: '' },
      ]
      for (let time = 0; time < 2; time++) {
        assert.equal((await act(id, { action: 'create', tags })).status, 204)
        assert.deepEqual(await read(id), tags)
      }
      const changed = [{ key: 'a', value: '2' }]
      assert.equal((await act(id, { action: 'create', tags: changed })).status, 204)
      assert.deepEqual(await read(id), [...tags.slice(1), ...changed])
      for (let time = 0; time < 2; time++) {
        assert.equal((await act(id, { action: 'delete', tags: [{ key: 'a' }, { key: 'no' }] })).status, 204)
        assert.deepEqual(await read(id), tags.slice(1))
      }
    })

    test('one at a time; what is not there cannot be deleted', async () => {
      const id = await make()
      for (const value of ['1', '2']) {
        const body = { tag: { key: 'a b', value } }
        assert.equal((await asAlice('POST', path(id), { body })).status, 204)
        assert.deepEqual(await read(id), [{ key: 'a b', value }])
      }
      const gone = await asAlice('DELETE', `${path(id)}/x`)
      assertVpcError(gone, 404, 'VPC.1814', 'Resource x could not be found.')
      assert.equal((await asAlice('DELETE', `${path(id)}/a%20b`)).status, 204)
      assert.deepEqual(await read(id), [])
      const absent = await asAlice('POST', path(id), { body: {} })
      assertVpcError(absent, 400, 'VPC.1801', 'Invalid input for tag. Reason: it is required.')
    })

    const refused: [string, unknown, string, string][] = [
      ['no action', { tags: [] }, 'VPC.1801', 'Invalid input for action. Reason: it is required.'],
      [
        'another action',
        { action: 'update', tags: [] },
        'VPC.1801',
        "Invalid input for action. Reason: 'update' must be create or delete.",
      ],
      [
        'no tags',
        { action: 'create', tags: [] },
        'VPC.1801',
        'Invalid input for tags. Reason: it is required.',
      ],
      [
        'no value',
        { action: 'create', tags: [{ key: 'k' }] },
        'VPC.1801',
        'Invalid input for tags.0.value. Reason: it is required.',
      ],
      [
        'an empty key',
        { action: 'delete', tags: [{ key: '' }] },
        'VPC.1801',
        "Invalid input for tags.0.key. Reason: '' must have at least 1 characters.",
      ],
      [
        'characters that are not allowed',
        { action: 'create', tags: [{ key: 'k', value: '<' }] },
        'VPC.1801',
        "Invalid input for tags.0.value. Reason: '<' may hold letters, digits, spaces and _ . : = + - @ / only.",
      ],
      [
        'a key twice',
        {
          action: 'create',
          tags: [
            { key: 'k', value: '1' },
            { key: 'k', value: '2' },
          ],
        },
        'VPC.1801',
        'Tag key is repeated.',
      ],
      [
        'more than twenty',
        { action: 'create', tags: Array.from({ length: 21 }, (_, n) => ({ key: `k${n}`, value: '' })) },
        'VPC.1814',
        'number of tags exceeds max num of 20.',
      ],
    ]
    for (const [name, body, code, message] of refused) {
      test(name, async () => {
        const id = await make()
        assertVpcError(await act(id, body), 400, code, message)
        assert.deepEqual(await read(id), [])
      })
    }

    test('of what is another tenant’s, or not there', async () => {
      for (const id of [await foreign(), NOWHERE, 'x']) {
        const message = `Resource ${id} could not be found.`
        assertVpcError(await asAlice('GET', path(id)), 404, 'VPC.1814', message)
        const body = { action: 'create', tags: [{ key: 'k', value: 'v' }] }
        assertVpcError(await act(id, body), 404, 'VPC.1814', message)
      }
    })

    test('in another tenant’s project', async () => {
      const theirs = `/v2.0/${bob.projects['region-a']}/${kind}/${await make()}/tags`
      assertVpcError(await asAlice('GET', theirs), 400, 'VPC.0007', 'Inconsistent tenant IDs.')
    })
  })
}
