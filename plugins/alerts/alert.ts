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
}

/** One alert: each webhook gets it with the same id. */
export interface Alert extends News {
  readonly id: string;
  readonly atEpochMs: number;
}
