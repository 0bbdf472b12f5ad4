import type { Finding } from '../../kits/shared-kit/index.ts';

/** What an alert is about. */
export const TYPES = [
  'provider_down',
  'provider_up',
  'circuit_open',
  'circuit_closed',
  'error_rate_high',
  'error_rate_normal',
  'budget',
  'shared_lost',
  'shared_found',
] as const;
export type AlertType = (typeof TYPES)[number];

/** What happened, and to which provider, target or budget. */
export interface News {
  readonly type: AlertType | 'test';
  readonly subject: string;
  /** for people */
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** It is of this gateway only, such as a program of its own. */
  readonly isOwn?: boolean;
  /** reported once, whatever time is between; a higher level is reported again */
  readonly same?: { readonly about: string; readonly level: number };
}

/** One alert: each webhook gets it with the same id. */
export interface Alert extends News {
  readonly id: string;
  readonly atEpochMs: number;
}

/** longer than any span of a budget but the total */
const YEAR_MS = 366 * 86_400_000;

/** The identity of an alert, by which several gateways report it once. @param own this gateway, among others */
export function findingOf({ type, subject, isOwn, same }: News, repeatMs: number, own: string): Finding {
  if (same) return { type, about: `${type} ${same.about}`, level: same.level, ms: YEAR_MS };
  // A failure and its end are of one kind.
  const [kind] = type.split('_');
  return { type, about: `${kind} ${subject}${isOwn ? ` at ${own}` : ''}`, level: 0, ms: repeatMs };
}
