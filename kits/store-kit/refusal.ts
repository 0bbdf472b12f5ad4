/**
 * SQLSTATEs after which the same may be asked again: connection, resources, operator, system, conflict with another
 * transaction, a lock that was not free in time, a server that takes no writes, a transaction that stood still.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const PASSING = /^(08|53|57|58|40|55P03|25006|25P03)/;

/** Whether PostgreSQL itself has refused, and would again: it was not lost. */
export function isRefused(error: unknown): boolean {
  // Errors of sockets have codes, too.
  const { severity, code = '' } = error as { readonly severity?: unknown; readonly code?: string };
  return severity !== undefined && !PASSING.test(code);
}
