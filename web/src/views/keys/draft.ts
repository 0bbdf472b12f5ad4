import type { Traits } from '../../api/callers.ts';
import type { CallerKey } from '../../api/types.ts';

/** A key as its form has it: all as text. */
export interface Draft {
  readonly name: string;
  readonly role: string;
  readonly owner: string;
  readonly labels: string;
  readonly models: string;
  readonly providers: string;
  /** a date, '' for never */
  readonly expires: string;
  /** by `requests.minute`, …, `concurrency`; '' for none */
  readonly limits: Readonly<Record<string, string>>;
}

/** The limits that the form has; others of a key stay as they are. */
export const LIMITS = [
  ['requests.minute', 'Requests a minute'],
  ['requests.day', 'Requests a day'],
  ['tokens.minute', 'Tokens a minute'],
  ['tokens.day', 'Tokens a day'],
  ['dollars.day', 'Dollars a day'],
  ['dollars.month', 'Dollars a month'],
  ['concurrency', 'Requests at once'],
] as const;

export function draftOf(key: CallerKey | undefined, isFirst: boolean): Draft {
  const limits = (key?.limits ?? {}) as Readonly<Record<string, unknown>>;
  return {
    name: key?.name ?? '',
    role: key?.role ?? (isFirst ? 'admin' : 'caller'),
    owner: key?.owner ?? '',
    labels: key?.labels.join(', ') ?? '',
    models: (key?.models ?? ['*']).join(', '),
    providers: (key?.providers ?? ['*']).join(', '),
    expires: key?.expires?.slice(0, 10) ?? '',
    limits: Object.fromEntries(LIMITS.map(([path]) => [path, textAt(limits, path)])),
  };
}

/** The traits of a key in a draft. The gateway decides whether they are allowed. */
export function traitsOf(draft: Draft, key: CallerKey | undefined): Traits {
  const { name, role, owner, labels, models, providers, expires } = draft;
  const isSameDay = key?.expires?.slice(0, 10) === expires;
  return {
    name: name.trim(),
    role,
    owner: owner.trim() || null,
    labels: listOf(labels),
    models: listOf(models),
    providers: listOf(providers),
    limits: limitsOf(draft, key),
    // A day that was not changed keeps its time.
    expires: expires === '' ? null : isSameDay ? key!.expires : new Date(`${expires}T23:59:59`).toISOString(),
  };
}

const listOf = (text: string): string[] =>
  text
    .split(/[,\n]/)
    .map((one) => one.trim())
    .filter(Boolean);

function limitsOf({ limits }: Draft, key: CallerKey | undefined): object {
  const all = structuredClone(key?.limits ?? {}) as Record<string, unknown>;
  for (const [path, text] of Object.entries(limits)) {
    const [counted = '', span] = path.split('.');
    const amount = text.trim() === '' ? undefined : Number(text);
    if (span === undefined) put(all, counted, amount);
    else {
      const spans = { ...(all[counted] as Record<string, unknown> | undefined) };
      put(spans, span, amount);
      put(all, counted, Object.keys(spans).length === 0 ? undefined : spans);
    }
  }
  return all;
}

function put(into: Record<string, unknown>, name: string, value: unknown): void {
  if (value === undefined) delete into[name];
  else into[name] = value;
}

function textAt(limits: Readonly<Record<string, unknown>>, path: string): string {
  const value = path
    .split('.')
    .reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], limits);
  return value === undefined ? '' : String(value);
}
