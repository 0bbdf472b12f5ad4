import type { Health } from '../../api/types.ts';
import { bytes, plural } from '../../format/numbers.ts';
import type { Trouble } from './verdict.ts';

/** What is wrong with the gateway itself, and with what it shares with others. It goes on nevertheless. */
export function gatewayTroubles({
  store,
  limits_problem: limits,
  threads,
}: Pick<Health, 'store' | 'limits_problem' | 'threads'>): readonly Trouble[] {
  const trouble = (what: string, why: string): Trouble => ({
    tone: 'warn',
    provider: undefined,
    what,
    why,
    remedies: [],
  });
  const parts = Object.entries(store?.waiting ?? {});
  const lost = parts.filter(([, part]) => part.lost > 0);
  return [
    ...(store && store.problem !== null
      ? [trouble('PostgreSQL cannot be asked', `${store.problem}. ${meanwhile(parts)}`)]
      : []),
    ...(store?.settings?.problem
      ? [trouble('The shared settings are not in force here', store.settings.problem)]
      : []),
    ...(lost.length > 0
      ? [
          trouble(
            'Not everything reached PostgreSQL',
            `${lost.map(([name, part]) => `${plural(part.lost, 'row')} of ${name}`).join(', ')} did not fit into what waits for it, or PostgreSQL refused them.`,
          ),
        ]
      : []),
    ...(threads && threads.running < threads.wanted
      ? [
          trouble(
            `${threads.running} of ${plural(threads.wanted, 'thread')} answer`,
            threads.last_lost
              ? `Another one is started. The last one that was lost: ${threads.last_lost.why}`
              : 'Another one is started.',
          ),
        ]
      : []),
    ...(limits === null ? [] : [trouble('Shared limits are not exact', limits)]),
  ];
}

function meanwhile(parts: readonly (readonly [string, { readonly bytes: number }])[]): string {
  const size = parts.reduce((sum, [, part]) => sum + part.bytes, 0);
  return `Known keys still hold, and changes of keys and settings are refused. Only this gateway's requests are listed, and only conversations that it answered last go on here. What is to be kept waits in files${size > 0 ? ` (${bytes(size)})` : ''}.`;
}
