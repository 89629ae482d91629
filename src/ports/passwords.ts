/** How passwords are kept: as something from which they cannot be read back. */
export interface Passwords {
  hash(password: string): Promise<string>
  /** In time that does not depend on where they differ. */
  matches(password: string, hash: string): Promise<boolean>
}
