interface TestEvent {
  readonly type: string
  readonly data: { readonly file?: string; readonly success?: boolean }
}

/**
 * A reporter for Node's test runner that says which files passed whole: one path a line. A file whose process ended before
 * its time has no summary. Where something failed is no answer to this: that may be a suite that many files share.
 * Source: Node.js documentation, "Test runner", event `test:summary`, version 24.
 */
export default async function* passedFiles(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of events)
    if (type === 'test:summary' && data.file !== undefined && data.success) yield `${data.file}\n`
}
