/** More than this at once would each look for events several times a second. */
export const STREAMS_MAX = 256

/** How many event streams are open in this process. */
export const streams = { open: 0 }
