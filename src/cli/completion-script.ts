import type { Command } from './command.ts'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

type Named = readonly (readonly [name: string, command: Command])[]

/** The script for `shell`, made of what the commands declare. */
export function completionScript(shell: Shell, commands: Named): string {
  return SCRIPTS[shell](commands)
}

const SCRIPTS: Readonly<Record<Shell, (commands: Named) => string>> = { bash, zsh, fish }

/** As one word of any of the three shells. Nothing declared holds a single quote that matters: it is left out. */
const quoted = (text: string) => `'${text.replaceAll("'", '').replaceAll('\\', '')}'`

/** The words that may come first, and those after each of them that has several. */
function wordsOf(commands: Named): {
  readonly first: readonly string[]
  readonly second: ReadonlyMap<string, readonly string[]>
} {
  const second = new Map<string, string[]>()
  for (const [name] of commands) {
    const [noun = '', verb] = name.split(' ')
    const verbs = second.get(noun) ?? []
    if (verb !== undefined) verbs.push(verb)
    second.set(noun, verbs)
  }
  return { first: [...second.keys()], second }
}

/** What completes a value: words, or one of the shell's own ways to list files. */
function valuesOf({ choices, complete }: { choices?: readonly string[]; complete?: string }): string {
  return choices ? choices.join(' ') : complete === undefined ? '' : `@${complete}`
}

/** For each command its options, what follows each option, and what stands in each place. */
function bash(commands: Named): string {
  const { first, second } = wordsOf(commands)
  const verbs = [...second].filter(([, each]) => each.length > 0)
  const cases = commands.map(([name, { options, operands }]) => {
    const flags = [...Object.keys(options).map((each) => `--${each}`), '--help'].join(' ')
    const values = Object.entries(options).flatMap(([each, option]) =>
      option.value === undefined ? [] : [`        --${each}) values=${quoted(valuesOf(option))} ;;`],
    )
    const places = Object.values(operands).map(valuesOf)
    return `    ${quoted(name)})
      flags=${quoted(flags)}
      places=(${places.map(quoted).join(' ')})
      case $previous in
${values.join('\n')}
        *) values=none ;;
      esac ;;`
  })
  return `# bash completion for isthmus
_isthmus() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local flags='' values=none name=\${COMP_WORDS[1]} from=2 index place
  local -a places=()
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quoted([...first, 'help'].join(' '))} -- "$current"))
    return
  fi
  case $name in
    ${verbs.map(([noun]) => noun).join('|')})
      if [ "$COMP_CWORD" -eq 2 ]; then
        case $name in
${verbs.map(([noun, each]) => `          ${noun}) COMPREPLY=($(compgen -W ${quoted(each.join(' '))} -- "$current")) ;;`).join('\n')}
        esac
        return
      fi
      name="$name \${COMP_WORDS[2]}" from=3 ;;
  esac
  case $name in
${cases.join('\n')}
    *) return ;;
  esac
  if [ "$values" = none ]; then
    if [[ $current == -* ]]; then
      COMPREPLY=($(compgen -W "$flags" -- "$current"))
      return
    fi
    place=0
    for ((index = from; index < COMP_CWORD; index++)); do
      [[ \${COMP_WORDS[index]} == -* ]] || place=$((place + 1))
    done
    values=\${places[place]}
  fi
  case $values in
    @file) compopt -o filenames; COMPREPLY=($(compgen -f -- "$current")) ;;
    @directory) compopt -o filenames; COMPREPLY=($(compgen -d -- "$current")) ;;
    '') ;;
    *) COMPREPLY=($(compgen -W "$values" -- "$current")) ;;
  esac
}
complete -F _isthmus isthmus
`
}

/** In zsh's own terms, so that it shows what each word is for. */
function zsh(commands: Named): string {
  const { first, second } = wordsOf(commands)
  const about = new Map(commands.map(([name, { about: text }]) => [name, text]))
  const item = (word: string, text: string) => quoted(`${word}:${text.replaceAll(':', ',')}`)
  const action = (each: { choices?: readonly string[]; complete?: string }) => {
    const values = valuesOf(each)
    if (values === '@file') return '_files'
    if (values === '@directory') return '_files -/'
    return values === '' ? ' ' : `(${values})`
  }
  const bare = (text: string) => text.replaceAll(/[[\]:]/g, ' ')
  const cases = commands.map(([name, { options, operands }]) => {
    const specs = [
      ...Object.entries(options).map(([each, option]) => {
        const repeated = option.multiple ? '*' : ''
        const value = option.value === undefined ? '' : `:${bare(option.value)}:${action(option)}`
        return `${repeated}--${each}[${bare(option.about)}]${value}`
      }),
      '--help[say more]',
      ...Object.entries(operands).map(
        ([each, operand], index) => `${index + 1}:${bare(each)}:${action(operand)}`,
      ),
    ]
    return `    ${quoted(name)}) _arguments ${specs.map(quoted).join(' ')} ;;`
  })
  const nouns = first.map((noun) => item(noun, about.get(noun) ?? `${(second.get(noun) ?? []).join(', ')}`))
  const verbs = [...second]
    .filter(([, each]) => each.length > 0)
    .map(
      ([noun, each]) =>
        `      ${noun}) list=(${each.map((verb) => item(verb, about.get(`${noun} ${verb}`) ?? '')).join(' ')}) ;;`,
    )
  return `#compdef isthmus
# zsh completion for isthmus
_isthmus() {
  local -a list
  local name=$words[2]
  if ((CURRENT == 2)); then
    list=(${nouns.join(' ')})
    _describe command list
    return
  fi
  if [[ " ${[...second].flatMap(([noun, each]) => (each.length > 0 ? [noun] : [])).join(' ')} " == *" $name "* ]]; then
    if ((CURRENT == 3)); then
      case $name in
${verbs.join('\n')}
      esac
      _describe command list
      return
    fi
    name="$name $words[3]"
    shift 2 words
    ((CURRENT -= 2))
  else
    shift words
    ((CURRENT -= 1))
  fi
  case $name in
${cases.join('\n')}
  esac
}
if [ "$funcstack[1]" = _isthmus ]; then _isthmus "$@"; else compdef _isthmus isthmus; fi
`
}

/** One line for each word and each option. */
function fish(commands: Named): string {
  const { first, second } = wordsOf(commands)
  const about = new Map(commands.map(([name, { about: text }]) => [name, text]))
  const verbs = [...second].filter(([, each]) => each.length > 0)
  const lines = [
    ...first.map((noun) => {
      const text = about.get(noun) ?? (second.get(noun) ?? []).join(', ')
      return `complete -c isthmus -n __fish_use_subcommand -a ${noun} -d ${quoted(text)}`
    }),
    ...verbs.flatMap(([noun, each]) =>
      each.map(
        (verb) =>
          `complete -c isthmus -n '__fish_seen_subcommand_from ${noun}; and not __fish_seen_subcommand_from ${each.join(' ')}' -a ${verb} -d ${quoted(about.get(`${noun} ${verb}`) ?? '')}`,
      ),
    ),
    ...commands.flatMap(([name, { options, operands }]) => {
      const seen = name
        .split(' ')
        .map((word) => `__fish_seen_subcommand_from ${word}`)
        .join('; and ')
      return [
        ...Object.entries(options).map(([each, option]) => {
          const values = valuesOf(option)
          const value =
            option.value === undefined
              ? ''
              : values.startsWith('@')
                ? ' -rF'
                : values === ''
                  ? ' -x'
                  : ` -xa ${quoted(values)}`
          return `complete -c isthmus -n '${seen}' -l ${each}${value} -d ${quoted(option.about)}`
        }),
        ...Object.values(operands)
          .map(valuesOf)
          .filter((values) => values !== '')
          .map(
            (values) =>
              `complete -c isthmus -n '${seen}' ${values.startsWith('@') ? '-F' : `-a ${quoted(values)}`}`,
          ),
      ]
    }),
  ]
  return ['# fish completion for isthmus', 'complete -c isthmus -f', ...lines, ''].join('\n')
}
