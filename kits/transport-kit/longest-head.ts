/** The most bytes of a head: Node's clients refuse heads of 16 KiB, and the gateway adds headers of its own. */
export const LONGEST_HEAD = 15 * 1024;
