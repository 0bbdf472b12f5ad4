import type { Target } from '../../../core/contracts/index.ts';
import { loose } from '../../../wire/names.ts';
import { matchesAny } from '../../../wire/wildcard.ts';
import type { Holder } from '../usage/recorder.ts';
import type { Bound, CounterStore } from './counter-store.ts';
import { DIMENSIONS, NANO, SPANNED, type Counted, type Dimension, type Limit } from './limits.ts';
import type { Span } from './span.ts';

/** groups that a limit counts apart; callers choose the names of models, and further ones are counted together */
const MOST = 10_000;
const OTHERS = '(others)';
const NONE: readonly never[] = [];
const ANYWHERE: ReadonlyMap<Dimension, readonly string[]> = new Map();

/** What a limit counts apart, and its bounds there. */
export interface Group {
  readonly limit: Limit;
  readonly values: { readonly [Name in Dimension]?: string };
  /** of requests, tokens, and requests at once */
  readonly bounds: readonly GroupBound[];
  /** of money, which depends on the target */
  readonly money: readonly GroupBound[];
}

/** A bound with its group, for the text of a refusal. */
export interface GroupBound extends Bound {
  readonly group: Pick<Group, 'limit' | 'values'>;
}

/** A list without spare capacity: there is one for each of many keys. */
export const exact = <One>(list: readonly One[]): readonly One[] => (list.length === 0 ? NONE : list.slice());

/** One limit with its counters. */
export class LimitInForce {
  readonly limit: Limit;
  /** Which target is asked decides whether it counts, or where. */
  readonly needsTarget: boolean;
  /** Of two gateways that a request comes to, each counts it under another name. */
  readonly isOfOneGateway: boolean;
  readonly #counters: CounterStore<GroupBound>;
  readonly #where: ReadonlyMap<Dimension, readonly string[]>;
  /** the only one, where nothing is counted apart */
  #all: Group | undefined;
  #groups: Map<string, Group> | undefined;

  constructor(limit: Limit, counters: CounterStore<GroupBound>) {
    this.limit = limit;
    this.#counters = counters;
    const { per = [], where = {} } = limit;
    const named = DIMENSIONS.filter((name) => where[name] !== undefined).map((name) => {
      const patterns = [where[name] ?? []].flat();
      return [name, name === 'provider' ? patterns.map(loose) : patterns] as const;
    });
    this.#where = named.length === 0 ? ANYWHERE : new Map(named);
    const names = [...per, ...this.#where.keys()];
    this.needsTarget = names.some((name) => name === 'model' || name === 'provider');
    this.isOfOneGateway = names.some((name) => name === 'key' || name === 'provider');
  }

  get groups(): Iterable<Group> {
    return this.#all ? [this.#all] : (this.#groups?.values() ?? []);
  }

  /** Whether it is for that key. */
  holds({ key, owner, labels }: Holder): boolean {
    return (
      this.#allows('key', [key]) && this.#allows('owner', [owner ?? '']) && this.#allows('label', labels)
    );
  }

  /** Whether it is for that target, under the name that is asked for or its own. */
  holdsAt({ provider, name, model }: Target, asked: string): boolean {
    return this.#allows('provider', [loose(provider.name)]) && this.#allows('model', [asked, name, model]);
  }

  /** Where a request counts: a key with several labels may count in several groups. */
  groupsOf({ key, owner, labels }: Holder, target?: Target, asked = ''): Group[] {
    const { per = NONE } = this.limit;
    if (per.length === 0) return [this.group(NONE)];
    const each = per.includes('label') && labels.length > 0 ? labels : [''];
    const all = { key, owner: owner ?? '', model: asked, provider: target?.provider.name ?? '' };
    return each.map((label) => this.group(per.map((name) => (name === 'label' ? label : all[name]))));
  }

  #allows(name: Dimension, values: readonly string[]): boolean {
    const patterns = this.#where.get(name);
    return !patterns || values.some((value) => matchesAny(patterns, value));
  }

  /** @param values of what it counts apart, in its order */
  group(values: readonly string[]): Group {
    if (values.length === 0) return (this.#all ??= this.#made(NONE, '[]'));
    const name = values.length === 1 ? values[0]! : JSON.stringify(values);
    this.#groups ??= new Map();
    let group = this.#groups.get(name);
    if (group) return group;
    if (this.#groups.size >= MOST && name !== OTHERS) return this.group([OTHERS]);
    this.#groups.set(name, (group = this.#made(values, name)));
    return group;
  }

  #made(values: readonly string[], name: string): Group {
    const { per = NONE } = this.limit;
    const of = Object.fromEntries(values.map((value, at) => [per[at]!, value]));
    const group = {
      limit: this.limit,
      values: of,
      bounds: NONE as Group['bounds'],
      money: NONE as Group['money'],
    };
    group.bounds = exact(this.#bounds(group, name, false));
    group.money = exact(this.#bounds(group, name, true));
    return group;
  }

  #bounds(group: GroupBound['group'], name: string, isMoney: boolean): GroupBound[] {
    const { limit } = this;
    const bound = (counted: Counted, most: number, span?: Span): GroupBound => ({
      group,
      counted,
      most,
      counter: this.#counters.counter(`${limit.id} ${name} ${counted}.${span ?? 'now'}`, span),
    });
    const spanned = SPANNED.filter((counted) => (counted === 'dollars') === isMoney).flatMap((counted) =>
      Object.entries(limit[counted] ?? {}).map(([span, most]) =>
        bound(counted, isMoney ? Math.round(most * NANO) : most, span as Span),
      ),
    );
    const isAtOnce = !isMoney && limit.concurrency !== undefined;
    return isAtOnce ? [...spanned, bound('concurrency', limit.concurrency as number)] : spanned;
  }
}
