/**
 * An object as the vendor writes it in XML: one element per member, a list as its element repeated, nothing for null.
 * Source: sample answers in the VPC API reference.
 */
export function encodeXml(root: string, members: Readonly<Record<string, unknown>>): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(root, members)}`
}

function element(name: string, value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map((item) => element(name, item)).join('')
  return `<${name}>${typeof value === 'object' ? elements(value) : escapeText(String(value))}</${name}>`
}

function elements(members: object): string {
  return Object.entries(members)
    .map(([name, value]) => element(name, value))
    .join('')
}

/** Characters that XML 1.0 cannot hold in any spelling. */
const UNWRITABLE = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
}

function escapeText(text: string): string {
  return text
    .toWellFormed()
    .replace(UNWRITABLE, '\ufffd')
    .replace(/[&<>"\r]/g, (character) => ENTITIES[character] ?? character)
}
