import type { Health } from '../../api/types.ts';
import { bytes, plural } from '../../format/numbers.ts';
import type { Trouble } from './verdict.ts';

/** What is wrong with what the gateway shares with others. It goes on without that, so no request fails for it. */
export function gatewayTroubles({
  store,
  limits_problem: limits,
}: Pick<Health, 'store' | 'limits_problem'>): readonly Trouble[] {
  const trouble = (what: string, why: string): Trouble => ({
    tone: 'warn',
    provider: undefined,
    what,
    why,
    remedies: [],
  });
  const waiting = Object.values(store?.waiting ?? {});
  const lost = waiting.reduce((sum, part) => sum + part.lost, 0);
  return [
    ...(store && store.problem !== null
      ? [trouble('PostgreSQL cannot be asked', `${store.problem}. ${meanwhile(waiting)}`)]
      : []),
    ...(lost > 0
      ? [trouble('Usage was lost', `${plural(lost, 'row')} did not fit into what waits for PostgreSQL.`)]
      : []),
    ...(limits === null ? [] : [trouble('Shared limits are not exact', limits)]),
  ];
}

function meanwhile(waiting: readonly { readonly bytes: number }[]): string {
  const size = waiting.reduce((sum, part) => sum + part.bytes, 0);
  return `Known keys still hold, changes of keys are refused, and usage waits in a file${size > 0 ? ` (${bytes(size)})` : ''}.`;
}
