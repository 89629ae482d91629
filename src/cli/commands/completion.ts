import { command } from '../command.ts'
import { loadCommands } from '../commands.ts'
import { completionScript, SHELLS, type Shell } from '../completion-script.ts'

/** `isthmus completion`: a script that lets a shell complete commands, options and what they may be. */
export const completion = command({
  about: 'print a script that lets your shell complete isthmus',
  operands: { shell: { about: 'bash, zsh or fish', choices: SHELLS } },
  details: `It names every command and option, and asks no service.
  bash:  source <(isthmus completion bash), in ~/.bashrc
  zsh:   source <(isthmus completion zsh), in ~/.zshrc after compinit
  fish:  isthmus completion fish > ~/.config/fish/completions/isthmus.fish`,
  examples: ['isthmus completion bash', 'isthmus completion zsh', 'isthmus completion fish'],
  async run({ operands }) {
    process.stdout.write(completionScript(operands.shell as Shell, await loadCommands()))
    return 0
  },
})
