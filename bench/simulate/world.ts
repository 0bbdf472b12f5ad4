import { RetryBudget } from '../../core/dispatch/retry-budget.ts';
import { checkOptions } from '../../config/check.ts';
import type { Attempt, Context, Host, Provider } from '../../core/contracts/index.ts';
import { Events as GatewayEvents } from '../../core/events/events.ts';
import { isOpen } from '../../core/upstreams/availability.ts';
import { Target } from '../../core/upstreams/target.ts';
import breaker from '../../plugins/breaker.ts';
import type { BreakerOptions } from '../../plugins/breaker/options.ts';
import { chance } from './chance.ts';
import { Events } from './events.ts';
import type { Make } from './makers.ts';
import { Server } from './server.ts';
import { servers, type Scenario } from './scenarios.ts';

export interface Result {
  /** ms from the request to its first content, sorted */
  readonly firsts: number[];
  readonly errors: number;
  /** failed attempts */
  readonly wasted: number;
  /** requests answered, by server */
  readonly shares: ReadonlyMap<string, number>;
}

const START = 1_800_000_000_000;
const CONVERSATIONS = 400;
const ATTEMPTS = 6;

interface Asking {
  readonly at: number;
  readonly context: Context;
  readonly tried: Target[];
}

/** One run: open-loop requests (Poisson); the gateway's own breaker and budget. */
export function simulate(
  { rate, circuits }: Scenario,
  make: Make,
  requests: number,
  seed: number,
  weighted: boolean,
): Result {
  const events = new Events(START);
  const now = (): number => events.now;
  const part = (): number => (events.now - START) / ((requests / rate) * 1000);
  const strategy = make({ random: chance(seed), now });
  const world = chance(seed + 1);
  const gatewayEvents = new GatewayEvents();
  const settings = checkOptions(breaker, { env: {}, folder: '' }) as unknown as BreakerOptions;
  const health = breaker.create(settings, {
    gateway: {},
    events: gatewayEvents.subscriber(),
    now,
    random: chance(seed + 2),
  } as unknown as Host);
  const budget = new RetryBudget({ share: 0.2, floor: 10, now });
  const all = servers.map((facts) => {
    const server = new Server(facts, circuits[facts.name] ?? {}, events, world, part);
    const models = Object.fromEntries(Array.from({ length: facts.models }, (_, at) => [`m${at}`, 'm']));
    const provider = { name: facts.name, models } as unknown as Provider;
    return {
      server,
      target: new Target({
        provider,
        model: 'm',
        weight: weighted ? facts.weight : 1,
        priority: facts.priority,
      }),
    };
  });
  const serverOf = new Map(all.map(({ target, server }) => [target, server]));
  const targets = (): Target[] =>
    all.filter(({ server }) => part() >= (server.circuit.joins ?? 0)).map(({ target }) => target);
  const result = { firsts: [] as number[], errors: 0, wasted: 0, shares: new Map<string, number>() };

  const ask = (asking: Asking): void => {
    const open = targets().filter((target) => !asking.tried.includes(target));
    const well = open.filter((target) => isOpen(target, now()));
    const available = well.filter((target) => target.availability(now()) === 'available');
    const from = [available, well].find(({ length }) => length > 0) ?? open;
    const target = strategy.pick(from, asking.context);
    if (!target) return void result.errors++;
    asking.tried.push(target as Target);
    const began = events.now;
    let content: number | undefined;
    target.stats.begin();
    const ended = (outcome: Attempt['outcome']): void => {
      target.stats.end();
      const ttftMs = content === undefined ? undefined : content - began;
      target.stats.learn({ outcome, stream: true, tookMs: events.now - began, ttftMs }, now());
      const attempt = { target, outcome, reason: 'upstream_status', startedUs: 0, bytes: 0 };
      strategy.learn?.(attempt, asking.context);
      gatewayEvents.attempt.emit(attempt, asking.context);
    };
    serverOf.get(target as Target)!.ask(String(asking.context.call.headers['x-session-id']), {
      content: () => {
        content = events.now;
        result.firsts.push(events.now - asking.at);
        result.shares.set(target.provider.name, (result.shares.get(target.provider.name) ?? 0) + 1);
      },
      end: () => ended('answered'),
      fail: () => {
        ended('failed');
        result.wasted++;
        const again = asking.tried.length < Math.min(ATTEMPTS, targets().length) && budget.withdraw();
        if (again) ask(asking);
        else result.errors++;
      },
    });
  };

  const arrive = (left: number): void => {
    const headers = { 'x-session-id': `conversation ${Math.floor(world() * CONVERSATIONS)}` };
    const call = { model: 'm', stream: true, headers, format: 'json', raw: Buffer.alloc(0) };
    // Later than anything the breaker remembers by the real clock.
    const context = { route: { targets: targets() }, call, started: Infinity } as unknown as Context;
    budget.deposit();
    ask({ at: events.now, context, tried: [] });
    if (left > 1) events.after((-Math.log(1 - world()) / rate) * 1000, () => arrive(left - 1));
  };
  events.after(0, () => arrive(requests));
  events.run();
  strategy.close?.();
  health?.close?.();
  result.firsts.sort((a, b) => a - b);
  return result;
}
