/** Keeps secrets unreadable at rest. `label` names what is sealed: what was sealed as one thing opens as no other. */
export interface Sealer {
  seal(secret: string, label: string): Buffer
  /** Throws where the bytes were changed, or sealed under another key or label. */
  open(sealed: Uint8Array, label: string): string
}
