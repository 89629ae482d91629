import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { DataPlaneUnavailableError } from '../../../ports/data-plane.ts'

/** What a program said to some lines. */
export interface Answer {
  readonly output: string
  /** Empty where every line succeeded. */
  readonly errors: string
}

/** How to tell that a program has come to the end of its lines: one more line, which fails in a way of its own. */
export interface Dialogue {
  readonly program: string
  readonly args: readonly string[]
  readonly lastLine: string
  /** What it says to the last line, and nothing else. */
  readonly lastError: RegExp
}

/** A program that reads commands has this long for what it is given at once. */
const ANSWER_TIMEOUT_MS = 10_000

/**
 * A program that stays, and is given commands by its standard input. It spares a process for each command; when we are
 * gone it reads the end of its input, and goes too. Whatever goes wrong with it ends it.
 */
export class Helper {
  readonly #dialogue: Dialogue
  readonly #child: ChildProcessWithoutNullStreams
  #output = ''
  #errors = ''
  #asked: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | null = null
  #queue: Promise<unknown> = Promise.resolve()
  #waiting = 0
  #ended: Error | null = null
  readonly #exited: Promise<void>

  constructor(dialogue: Dialogue) {
    this.#dialogue = dialogue
    this.#child = spawn(dialogue.program, dialogue.args, { cwd: '/', stdio: 'pipe' })
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#output += text
    })
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text
      // The output was written before, and is read in the same turn at the latest.
      if (this.#asked && this.#dialogue.lastError.test(this.#errors)) setImmediate(() => this.#answer())
    })
    this.#child.stdin.on('error', () => {})
    this.#exited = new Promise((resolve) => {
      this.#child.on('error', (error) => {
        this.#end(error)
        resolve()
      })
      this.#child.on('close', () => {
        this.#end(new Error(this.#errors.trim() || 'it ended'))
        resolve()
      })
    })
  }

  get usable(): boolean {
    return this.#ended === null
  }

  get idle(): boolean {
    return this.#waiting === 0
  }

  /** Has `lines` carried out, every one of them, also after one that failed. */
  run(lines: readonly string[]): Promise<Answer> {
    this.#waiting++
    const answer = this.#queue.then(() => this.#ask(lines)).finally(() => this.#waiting--)
    this.#queue = answer.catch(() => {})
    return answer
  }

  /** Ends it once it is done with what it was given. */
  async stop(): Promise<void> {
    this.#child.stdin.end()
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), ANSWER_TIMEOUT_MS)
    await this.#exited
    clearTimeout(timer)
  }

  #ask(lines: readonly string[]): Promise<Answer> {
    if (this.#ended) return Promise.reject(this.#ended)
    return new Promise<Answer>((resolve, reject) => {
      this.#output = ''
      this.#errors = ''
      const timer = setTimeout(() => {
        this.#child.kill('SIGKILL')
        this.#end(new Error(`it has not answered for ${ANSWER_TIMEOUT_MS} ms`))
      }, ANSWER_TIMEOUT_MS)
      this.#asked = {
        resolve: (answer) => {
          clearTimeout(timer)
          resolve(answer)
        },
        reject: (error) => {
          clearTimeout(timer)
          reject(error)
        },
      }
      this.#child.stdin.write(`${[...lines, this.#dialogue.lastLine].join('\n')}\n`)
    })
  }

  #answer(): void {
    const asked = this.#asked
    this.#asked = null
    asked?.resolve({
      output: this.#output,
      errors: this.#errors.replace(this.#dialogue.lastError, '').trim(),
    })
  }

  #end(cause: Error): void {
    this.#ended ??= new DataPlaneUnavailableError(`${this.#dialogue.program}: ${cause.message}`)
    const asked = this.#asked
    this.#asked = null
    asked?.reject(this.#ended)
  }
}
