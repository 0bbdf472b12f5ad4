/**
 * SQLSTATEs after which the same may be asked again: connection, resources, operator, system, conflict with another
 * transaction, a lock that was not free in time, a server that takes no writes, a transaction that stood still.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const PASSING = /^(08|53|57|58|40|55P03|25006|25P03)/;

/** Whether PostgreSQL itself has refused, and would again: it was not lost. */
export function isRefused(error: unknown): boolean {
  const state = stateOf(error);
  return state !== undefined && !PASSING.test(state);
}

/** Whether it has too little of something, such as connections or disk: an operator has to know, although it may pass. */
export const isShort = (error: unknown): boolean => stateOf(error)?.startsWith('53') === true;

/** @returns SQLSTATE; undefined: the error is not of PostgreSQL. Errors of sockets have codes, too */
function stateOf(error: unknown): string | undefined {
  const { severity, code = '' } = error as { readonly severity?: unknown; readonly code?: string };
  return severity === undefined ? undefined : code;
}
