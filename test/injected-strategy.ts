/** Strategies with chance and time lent, and targets without a network. */
import { PluginRegistry } from '../config/plugins/registry.ts';
import { checkOptions } from '../config/check.ts';
import type {
  Call,
  Context,
  Host,
  Lesson,
  Plugin,
  Provider,
  Strategy,
  StrategyPlugin,
} from '../core/contracts/index.ts';
import { Target } from '../core/upstreams/target.ts';
import { root } from '../gateway.ts';
import { chance } from '../bench/simulate/chance.ts';

export { chance };

const registry = await PluginRegistry.read(root);
export const strategies = registry.list('strategy');
export const strategyPlugin = (name: string): StrategyPlugin =>
  registry.get('strategy', name) as StrategyPlugin;

/** A clock that stands still until it is told to go on. */
export class Time {
  ms = 1_800_000_000_000;
  readonly now = (): number => this.ms;
}

/** @param value its options */
export function make(
  plugin: StrategyPlugin,
  random = chance(1),
  { value = {}, now }: { value?: Record<string, unknown>; now?: () => number } = {},
): Strategy {
  let time = 0;
  const clock = now ?? (() => (time += 1));
  return plugin.create(checkOptions(plugin as Plugin, { value, env: {}, folder: root }), {
    random,
    now: clock,
    strategy: (use: string, options: Record<string, unknown>) =>
      make(strategyPlugin(use), random, { value: options, now: clock }),
  } as unknown as Host);
}

interface Part {
  readonly weight?: number;
  readonly priority?: number;
  readonly provider?: Partial<Provider>;
}

export function targetsOf(count: number, part: Part | ((at: number) => Part) = {}): Target[] {
  return Array.from({ length: count }, (_, at) => {
    const { provider, ...rest } = typeof part === 'function' ? part(at) : part;
    return new Target({ provider: { name: `p${at}`, ...provider } as Provider, model: 'm', ...rest });
  });
}

export const contextOf = (targets: readonly Target[], call: Partial<Call> = {}): Context =>
  ({
    route: { targets },
    call: { model: 'm', stream: true, headers: {}, raw: Buffer.from('{}'), format: 'json', ...call },
  }) as unknown as Context;

/** An upstream that answers, or not, that many ms after its request. */
export const taught = (target: Target, lesson: Partial<Lesson>, now: number): void =>
  target.stats.learn({ outcome: 'answered', stream: true, tookMs: 1_000, ttftMs: 300, ...lesson }, now);

/** How often each of the targets is picked. */
export function counts(
  strategy: Strategy,
  targets: readonly Target[],
  picks: number,
  candidates: (pick: number) => readonly Target[] = () => targets,
): number[] {
  const picked = targets.map(() => 0);
  for (let pick = 0; pick < picks; pick++)
    picked[targets.indexOf(strategy.pick(candidates(pick), contextOf(targets)) as Target)]!++;
  return picked;
}

/** Requests one after the other, `step` ms apart; each is over before the next. How often each target was asked. */
export function play(
  strategy: Strategy,
  targets: readonly Target[],
  time: Time,
  { turns, step = 100, does }: { turns: number; step?: number; does: (at: number) => Partial<Lesson> },
): number[] {
  const picked = targets.map(() => 0);
  for (let turn = 0; turn < turns; turn++) {
    const at = targets.indexOf(strategy.pick(targets, contextOf(targets)) as Target);
    picked[at]!++;
    time.ms += step;
    taught(targets[at]!, does(at), time.ms);
  }
  return picked;
}
