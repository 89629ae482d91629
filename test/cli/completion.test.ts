import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, suite, test } from 'node:test'
import { loadCommands } from '../../src/cli/commands.ts'
import { completionScript, SHELLS } from '../../src/cli/completion-script.ts'
import { finds, hasProgram, requires } from '../rig/requirements.ts'

/** Completion, by the shells themselves where they are here. */

const commands = await loadCommands()
const directory = mkdtempSync(join(tmpdir(), 'isthmus-completion-'))
after(() => rmSync(directory, { recursive: true, force: true }))

for (const shell of SHELLS) writeFileSync(join(directory, shell), completionScript(shell, commands))

/** What bash would offer for `line`, whose last word is the one that is typed. */
function offered(line: string): string[] {
  const words = line.split(' ')
  const script = `source ${join(directory, 'bash')}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}
_isthmus 2>/dev/null
printf '%s\\n' "\${COMPREPLY[@]}"`
  const said = execFileSync('bash', ['-c', script], { cwd: directory }).toString()
  return said.split('\n').filter((word) => word !== '')
}

suite('completion', () => {
  test('is a script that each shell takes', (context) => {
    for (const shell of SHELLS) {
      if (shell === 'bash' ? !requires(context, shell, hasProgram(shell)) : !hasProgram(shell)) continue
      const { status, stderr } = spawnSync(shell, ['-n', join(directory, shell)], { encoding: 'utf8' })
      assert.equal(status, 0, stderr)
    }
  })

  test('in bash completes commands, verbs, options, what they may be, and files', (context) => {
    if (!requires(context, 'bash', hasProgram('bash'))) return
    assert.deepEqual(offered('isthmus pe'), ['peering'])
    assert.deepEqual(offered('isthmus peering re'), ['request', 'reject', 'reopen'])
    assert.deepEqual(offered('isthmus peering list --st'), ['--state'])
    assert.deepEqual(offered('isthmus peering list --state re'), ['rejected'])
    assert.deepEqual(offered('isthmus export terraform --dialect t'), ['tencent'])
    assert.deepEqual(offered('isthmus completion '), ['bash', 'zsh', 'fish'])
    assert.deepEqual(offered('isthmus completion --help f'), ['fish'])
    assert.deepEqual(offered(`isthmus backup ${directory}/ba`), [`${directory}/bash`])
    assert.deepEqual(offered('isthmus peering show '), [])
    assert.deepEqual(offered('isthmus nothing '), [])
  })

  test('in bash offers every option of every command', (context) => {
    if (!requires(context, 'bash', hasProgram('bash'))) return
    for (const [name, { options }] of commands.filter((_, index) => index % 5 === 0)) {
      const all = [...Object.keys(options).map((option) => `--${option}`), '--help']
      assert.deepEqual(offered(`isthmus ${name} -`), all, name)
    }
  })

  for (const shell of ['zsh', 'fish'] as const)
    test(`in ${shell} completes verbs`, (context) => {
      if (!finds(context, shell, hasProgram(shell))) return
      const script = {
        zsh: `autoload -U compinit; compinit -u -D; source ${join(directory, 'zsh')}; whence -w _isthmus`,
        fish: `source ${join(directory, 'fish')}; complete -C 'isthmus peering re'`,
      }[shell]
      const said = execFileSync(shell, ['-c', script]).toString()
      assert.match(said, { zsh: /_isthmus: function/, fish: /^request\b/m }[shell])
    })
})
