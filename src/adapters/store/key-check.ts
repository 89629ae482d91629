/**
 * The setting by which a database that replicas share knows their key: the first one leaves its own name there, sealed, and
 * all others must be able to open it. It is sealed under the name as its label.
 */
export const KEY_CHECK = 'master-key-check'
