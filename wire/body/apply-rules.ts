import type { Call, Dialect, Rules } from '../../core/contracts/index.ts';
import { membersOf } from './json-members.ts';

/** A call, and the members that rules have changed. */
export interface Ruled {
  readonly call: Call;
  readonly told: readonly string[];
}

/**
 * Applies the operator's rules to a call: the last change before it is sent, in the target's API. Only the members that a
 * rule names are touched.
 * @param all the model's rules, then the provider's
 */
export function applyRules(call: Call, dialect: Dialect, all: readonly (Rules | undefined)[]): Ruled {
  let ruled: Ruled = { call, told: [] };
  if (call.format !== 'json') return ruled;
  for (const rules of all) if (rules) ruled = applied(ruled, dialect, rules);
  return ruled;
}

function applied({ call, told }: Ruled, { promptBefore }: Dialect, rules: Rules): Ruled {
  const { set = {}, default: defaults = {}, strip = [], system } = rules;
  const names = [...Object.keys(defaults), ...strip];
  const spans = names.length === 0 ? undefined : membersOf(call, names)?.spans;
  const isStripped = (name: string): boolean => call.strip?.includes(name) === true;
  const isThere = (name: string): boolean =>
    call.set?.[name] !== undefined || (spans?.has(name) === true && !isStripped(name));
  const missing = Object.entries(defaults).filter(([name]) => !isThere(name));
  const stripped = strip.filter(isThere);
  const prompted = system === undefined ? undefined : promptBefore?.(call, system);
  const kept = Object.entries(call.set ?? {}).filter(([name]) => !stripped.includes(name));
  const gone = [...(call.strip ?? []), ...stripped];
  const news = [
    ...Object.keys(set).map((name) => `set ${name}`),
    ...missing.map(([name]) => `set ${name}, which was absent`),
    ...stripped.map((name) => `removed ${name}`),
    ...(system === undefined
      ? []
      : [prompted ? 'put a system prompt first' : 'had no place for its system prompt']),
  ];
  const changes = { ...Object.fromEntries(kept), ...Object.fromEntries(missing), ...set, ...prompted };
  const sent = { ...call, set: changes, ...(gone.length > 0 && { strip: gone }) };
  return news.length === 0 ? { call, told } : { call: sent, told: [...told, ...news] };
}
