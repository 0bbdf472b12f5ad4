/** Longer heads, in bytes, are not taken: Node's clients refuse those of 16 KiB, and the gateway adds some of its own. */
export const LONGEST_HEAD = 15 * 1024;
