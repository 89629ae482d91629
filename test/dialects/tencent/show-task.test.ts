import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { advance } from '../../rig/service.ts'
import { alice, bob, mallory, type TestTenant } from '../../rig/tenants.ts'
import {
  legacyFails,
  legacySucceeds,
  type Parameters,
  startTencent,
  type TencentService,
  v3Fails,
  v3Succeeds,
} from './client.ts'

let service: TencentService
before(async () => {
  service = await startTencent()
})
after(() => service.close())

const resultOf = (tenant: TestTenant, taskId: unknown, at = service) =>
  at.legacy(tenant, 'DescribeVpcTaskResult', { taskId: taskId as number })
const start = async (tenant: TestTenant, action: string, parameters: Parameters) =>
  legacySucceeds(await service.legacy(tenant, action, parameters)).taskId

describe('legacy DescribeVpcTaskResult', () => {
  describe('serialization', () => {
    it('is done for every kind of task, and tells the id', async () => {
      const { legacy: parameters } = await service.proposal(alice, bob, 'ap-shanghai')
      const created = await start(alice, 'CreateVpcPeeringConnectionEx', {
        ...parameters,
        peerRegion: 'sh',
        bandwidth: '10',
      })
      const list = await service.legacy(alice, 'DescribeVpcPeeringConnections', { vpcId: parameters.vpcId })
      const id = legacySucceeds(list).data[0]?.peeringConnectionId ?? ''
      const one = { peeringConnectionId: id }
      await advance(service, 'P7D')
      const tasks: [TestTenant, number][] = [
        [alice, created],
        [alice, await start(alice, 'EnableVpcPeeringConnectionEx', one)],
        [alice, await start(alice, 'ModifyVpcPeeringConnectionEx', { ...one, bandwidth: 20 })],
        [bob, await start(bob, 'AcceptVpcPeeringConnectionEx', one)],
        [bob, await start(bob, 'DeleteVpcPeeringConnectionEx', one)],
      ]
      const refused = { peeringConnectionId: await service.propose(alice, bob) }
      for (const [tenant, taskId] of tasks) {
        const { body } = await resultOf(tenant, taskId)
        assert.deepEqual(body, {
          code: 0,
          message: '',
          codeDesc: 'Success',
          data: { status: 0, output: { errorCode: 0, errorMsg: '', uniqVpcPeerId: id } },
        })
      }
      legacySucceeds(await resultOf(bob, await start(bob, 'RejectVpcPeeringConnectionEx', refused)))
      assert.equal(new Set(tasks.map(([, taskId]) => taskId)).size, tasks.length)
    })
  })

  describe('validation', () => {
    for (const taskId of ['', 'x', '-1', '1.5', '9'.repeat(30)]) {
      it(`refuses ${JSON.stringify(taskId)}`, async () => {
        legacyFails(await resultOf(alice, taskId), 4000, 'InvalidParameter')
      })
    }
  })

  describe('permission', () => {
    it('finds a task for the account that started it, and for nobody else', async () => {
      const id = await service.propose(alice, bob)
      const taskId = await start(bob, 'AcceptVpcPeeringConnectionEx', { peeringConnectionId: id })
      legacySucceeds(await resultOf(bob, taskId))
      for (const tenant of [alice, mallory]) {
        const text = legacyFails(await resultOf(tenant, taskId), 5000, 'InvalidTask.NotFound')
        const nobodys = legacyFails(await resultOf(tenant, 123), 5000, 'InvalidTask.NotFound')
        assert.equal(text.replaceAll(String(taskId), ''), nobodys.replaceAll('123', ''))
      }
    })
  })

  describe('behaviour', () => {
    it('has no task for what failed', async () => {
      const answer = await service.legacy(alice, 'AcceptVpcPeeringConnectionEx', {
        peeringConnectionId: 'pcx-00000000',
      })
      legacyFails(answer, 5000, 'InvalidPeeringConnection.NotFound')
      assert.equal('taskId' in answer.body, false)
    })

    it('survives a restart', async () => {
      const directory = mkdtempSync(join(tmpdir(), 'isthmus-test-'))
      try {
        let running = await startTencent({ directory })
        const id = await running.propose(alice, bob)
        const answer = await running.legacy(bob, 'AcceptVpcPeeringConnectionEx', { peeringConnectionId: id })
        const { taskId } = legacySucceeds(answer)
        await running.close()
        running = await startTencent({ directory })
        try {
          assert.match((await resultOf(bob, taskId, running)).text, new RegExp(id))
          legacyFails(await resultOf(mallory, taskId, running), 5000, 'InvalidTask.NotFound')
        } finally {
          await running.close()
        }
      } finally {
        rmSync(directory, { recursive: true, force: true })
      }
    })
  })
})

describe('API 3.0 DescribeVpcTaskResult', () => {
  const show = (tenant: TestTenant, TaskId: string) => service.v3(tenant, 'DescribeVpcTaskResult', { TaskId })

  it('finds the tasks of the legacy API, for the account that started them', async () => {
    const id = await service.propose(alice, bob)
    const taskId = String(await start(bob, 'AcceptVpcPeeringConnectionEx', { peeringConnectionId: id }))
    const { RequestId: _, ...rest } = v3Succeeds(await show(bob, taskId))
    assert.deepEqual(rest, { Status: 'SUCCESS', Output: '', Result: [{ ResourceId: id, Status: 'SUCCESS' }] })
    const text = v3Fails(await show(mallory, taskId), 'ResourceNotFound')
    assert.equal(
      text.replace(taskId, ''),
      v3Fails(await show(mallory, '123'), 'ResourceNotFound').replace('123', ''),
    )
  })

  it('finds no task of an action that was done when it answered', async () => {
    const answer = await service.v3(alice, 'CreateVpc', { VpcName: 'x', CidrBlock: '10.0.0.0/16' })
    v3Fails(await show(alice, v3Succeeds(answer).RequestId), 'ResourceNotFound')
    v3Fails(await service.v3(alice, 'DescribeVpcTaskResult'), 'MissingParameter')
    v3Fails(await show(alice, ''), 'InvalidParameterValue')
  })
})
