import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { dyingKernel } from '../../src/adapters/data-plane/netns/dying-kernel.fixtures.ts'
import { openKernel as openRealKernel } from '../../src/adapters/data-plane/netns/kernel.ts'

/*
 * A kernel by which the process ends as by `kill -9`. There is no end to it at first; at SIGUSR2 it reads in the service's
 * data directory how many more steps it has, and takes the file away.
 */

const file = join(process.argv[process.argv.indexOf('--data') + 1] ?? '', 'steps-to-live')

const life = {
  steps: Number.POSITIVE_INFINITY,
  end(): Error {
    process.kill(process.pid, 'SIGKILL')
    return new Error('the process was killed')
  },
}

process.on('SIGUSR2', () => {
  life.steps = Number(readFileSync(file, 'utf8'))
  rmSync(file)
})

export async function openKernel() {
  return dyingKernel(await openRealKernel(), life)
}
