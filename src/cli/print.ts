/** What a command has to say: to a script `answer` as one line of JSON, to people `text`. */
export function print(json: boolean | undefined, answer: unknown, text: string): void {
  process.stdout.write(`${json ? JSON.stringify(answer) : text}\n`)
}
