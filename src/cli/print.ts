import { jsonText } from './text.ts'

/** What a command has to say: to a script `answer` as one line of JSON, to people `text`, which may be several. */
export function print(json: boolean, answer: unknown, text: string): void {
  process.stdout.write(`${json ? jsonText(answer) : text}\n`)
}
