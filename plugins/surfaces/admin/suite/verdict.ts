import type { Check } from '../answers/test-run.ts';

/** The result of one check. */
export type Verdict = Omit<Check, 'check' | 'ms'>;

type More = Omit<Verdict, 'ok' | 'detail'>;

export const fine = (detail: string, more: More = {}): Verdict => ({ ok: true, detail, ...more });
export const faulty = (detail: string, more: More = {}): Verdict => ({ ok: false, detail, ...more });
export const notMade = (detail: string): Verdict => ({ ok: null, detail });
