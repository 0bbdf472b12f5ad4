import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Host } from '../../core/contracts/index.ts';
import { canServe, standing } from '../../kits/feature-kit/index.ts';
import { storeOf } from '../../kits/store-kit/store-of.ts';
import { PerMinute } from './per-minute.ts';
import type { NodeState } from './node-report.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** Sections of features that should be the same on all nodes, and hold no secret. */
const SAME = ['breaker', 'cache', 'guardrail', 'redact'];

/** The state of this gateway, as `GET /nodes` shows it here and at its peers. */
export class OwnState {
  readonly id: string;
  readonly #host: Host;
  readonly #startedEpochMs: number;
  readonly #requests: PerMinute;
  #sections: NodeState['sections'] | undefined;

  constructor(host: Host) {
    this.#host = host;
    this.id = storeOf(host.gateway)?.id ?? randomBytes(9).toString('base64url');
    this.#startedEpochMs = host.date() - performance.now();
    this.#requests = new PerMinute(host.now);
    host.events.onEnd(() => this.#requests.add());
    host.events.onConfig(() => (this.#sections = undefined));
  }

  now(): NodeState {
    const { gateway, date, now } = this.#host;
    const upstreams = [...gateway.upstreams.values()];
    const all = upstreams.map((upstream) => ({
      upstream,
      how: standing(upstream, gateway.upstreams, now()),
    }));
    return {
      id: this.id,
      version,
      startedEpochMs: Math.round(this.#startedEpochMs),
      atEpochMs: date(),
      ready: !gateway.closing && all.some(({ upstream, how }) => how.inService && canServe(how, upstream)),
      inflight: upstreams.reduce((sum, { use }) => sum + use.inflight, 0),
      perMinute: this.#requests.count,
      providers: all
        .filter(({ how }) => how.inService)
        .map(({ upstream: { provider, use }, how: { state, out } }) => ({
          name: provider.name,
          state,
          out,
          inflight: use.inflight,
        })),
      sections: (this.#sections ??= this.#digests()),
      settings: this.#settings,
    };
  }

  get #settings(): NodeState['settings'] {
    const store = storeOf(this.#host.gateway);
    if (!store?.sharedSettings) return null;
    const { revision, problem } = store.sharedSettings;
    const lost = store.problem === undefined ? null : `PostgreSQL cannot be asked there: ${store.problem}`;
    return { revision, problem: problem ?? lost };
  }

  /** Names of sections in which another node's config differs from this one's. */
  differing(others: NodeState['sections']): string[] {
    const own = (this.#sections ??= this.#digests());
    return Object.keys(own).filter((name) => others[name] !== undefined && others[name] !== own[name]);
  }

  #digests(): NodeState['sections'] {
    const { settings } = this.#host.gateway;
    const { timeouts, retry, hedge, limits, unknownModels, features } = settings.config;
    const { limits: callers, prices } = features['auth'] ?? {};
    const sections = {
      strategy: settings.strategy().strategy,
      models: settings.models,
      timeouts,
      retry,
      hedge,
      limits,
      unknownModels,
      'auth.limits': callers,
      'auth.prices': prices,
      ...Object.fromEntries(SAME.map((name) => [name, features[name]])),
    };
    return Object.fromEntries(Object.entries(sections).map(([name, value]) => [name, digest(value)]));
  }
}

const digest = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(value)) ?? '')
    .digest('base64url')
    .slice(0, 16);

/** The order of members does not matter. */
const sorted = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sorted(member)]),
  );
};
