/* Names may hold anything; what reaches a terminal, a shell or a page of HCL is made harmless first. */

/**
 * What a terminal would obey, or that would make it show something else than is there: control characters (C0, DEL, C1),
 * separators of lines and paragraphs, and what turns the direction of a text around.
 */
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu

/** `text` with what a terminal would obey written out, as `\x1b`. */
export function plain(text: string): string {
  return text.replaceAll(UNSAFE, (character) => {
    const code = character.charCodeAt(0)
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : unicodeEscape(character)
  })
}

/** What JSON, or a string in HCL, may hold as it is but a terminal would obey, as `\u001b`. */
export function escapeUnsafe(text: string): string {
  return text.replaceAll(UNSAFE, unicodeEscape)
}

/** `value` as one line of JSON that says the same, with nothing in it that a terminal would obey. */
export function jsonText(value: unknown): string {
  return escapeUnsafe(JSON.stringify(value))
}

/** `text` as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
