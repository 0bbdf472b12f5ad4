/**
 * `list.push(...more)` for lists of any length: a spread passes each member as an argument, and the stack holds about
 * 100,000.
 */
export function append<T>(list: T[], more: readonly T[]): void {
  for (const one of more) list.push(one);
}
