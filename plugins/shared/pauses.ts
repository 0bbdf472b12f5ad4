import type { Attempt, Block, Gateway, Target } from '../../core/contracts/index.ts';
import { Keys } from '../../kits/provider-kit/index.ts';
import { addressOf, isOfAll, targetAt, type Fact, type Facts } from '../../kits/shared-kit/index.ts';

/** The scope of a pause: a target, models that share a quota, a provider, or one key of a provider. */
const KINDS = ['quota', 'pool', 'provider', 'key'] as const;
type Kind = (typeof KINDS)[number];

/**
 * Pauses that upstreams have asked for, and guesses of such: each gateway observes those that another one learned from a
 * refusal.
 */
export class SharedPauses {
  readonly #facts: Facts;
  readonly #gateway: Gateway;
  readonly #now: () => number;
  /** until when each published or received pause holds */
  readonly #published = new Map<string, number>();
  readonly #ends: readonly (() => void)[];

  constructor(facts: Facts, gateway: Gateway, now: () => number) {
    this.#facts = facts;
    this.#gateway = gateway;
    this.#now = now;
    this.#ends = KINDS.map((kind) => facts.on(kind, (fact, ms) => this.#received(kind, fact, ms)));
  }

  close(): void {
    for (const end of this.#ends) end();
  }

  /** A refusal may have paused something. */
  ended({ outcome, target, key }: Attempt): void {
    if (outcome !== 'failed') return;
    const { provider, stats } = target;
    if (!isOfAll(provider)) return;
    const quota = stats.blocks.get('quota');
    if (quota?.pool) {
      const { models } = quota.pool;
      const pool = { models: models?.source ?? '', flags: models?.flags ?? '' };
      this.#publish('pool', `${provider.name} /${pool.models}/`, target, { ...holdOf(quota), ...pool });
    } else if (quota) this.#publish('quota', target.label, target, holdOf(quota));
    const blocks = this.#gateway.upstreams.get(provider.name)?.blocks;
    for (const reason of ['quota', 'key']) {
      const block = blocks?.get(reason);
      if (block)
        this.#publish('provider', `${provider.name} ${reason}`, target, { ...holdOf(block), reason });
    }
    const { keys } = provider;
    if (key === undefined || !(keys instanceof Keys)) return;
    const id = keys.idOf(key);
    for (const { model = '', untilMs, detail, isGuess } of keys.pausesOf(key)) {
      const hold = { untilMs, detail, guess: isGuess };
      this.#publish('key', `${provider.name} ${id} ${model}`, target, { ...hold, id, model });
    }
  }

  /** An operator has reset it: its pauses end at all gateways. */
  reset({ provider, label }: Target): void {
    if (!isOfAll(provider)) return;
    for (const [name, fact] of this.#facts.holding()) {
      if (fact['provider'] !== provider.name) continue;
      const isOfOne = name.startsWith('circuit ') || name.startsWith('quota ');
      if (isOfOne && !name.endsWith(` ${label}`)) continue;
      this.#published.delete(name);
      this.#facts.publish(name, undefined, 1_000);
    }
  }

  #publish(
    kind: Kind,
    of: string,
    target: Target,
    { untilMs, ...fact }: { readonly untilMs: number } & Fact,
  ): void {
    const name = `${kind} ${of}`;
    const now = this.#now();
    if (untilMs <= now || this.#published.get(name) === untilMs) return;
    this.#note(name, untilMs);
    this.#facts.publish(name, { ...addressOf(target), ...fact, kind: name }, untilMs - now);
  }

  #received(kind: Kind, fact: Fact, ms: number | undefined): boolean {
    const target = targetAt(this.#gateway, fact);
    if (!target) return false;
    if (!isOfAll(target.provider)) return true;
    const name = String(fact['kind']);
    if (ms === undefined) {
      this.#published.delete(name);
      target.reset();
      return true;
    }
    const untilMs = this.#now() + ms;
    this.#note(name, untilMs);
    this.#pause(kind, target, fact, untilMs);
    return true;
  }

  /** A pause that this gateway itself has learned holds at least as long. */
  #pause(kind: Kind, target: Target, fact: Fact, untilMs: number): void {
    const { provider, stats } = target;
    const [detail, guess] = [String(fact['detail']), fact['guess'] === true];
    const holds = (block: Block | undefined): boolean => block !== undefined && block.untilMs >= untilMs;
    if (kind === 'key') {
      const key = provider.keys instanceof Keys ? provider.keys.withId(String(fact['id'])) : undefined;
      const model = fact['model'] === '' ? undefined : String(fact['model']);
      if (key) provider.keys?.block(key, { untilMs, detail, isGuess: guess }, model);
    } else if (kind === 'provider') {
      const reason = String(fact['reason']);
      const { blocks } = this.#gateway.upstreams.get(provider.name) ?? {};
      if (!holds(blocks?.get(reason))) target.blockProvider(reason, untilMs, detail, guess);
    } else if (holds(stats.blocks.get('quota'))) {
      return;
    } else if (kind === 'quota') {
      target.block('quota', untilMs, detail, guess);
    } else {
      const models = patternOf(target, String(fact['models']), String(fact['flags']));
      target.blockPool({ models, untilMs, detail, guess }, this.#now());
    }
  }

  #note(name: string, untilMs: number): void {
    this.#published.set(name, untilMs);
    if (this.#published.size <= MOST) return;
    for (const [other, until] of this.#published) if (until <= this.#now()) this.#published.delete(other);
  }
}

const MOST = 10_000;

const holdOf = ({ untilMs, detail, guess = false }: Block) => ({ untilMs, detail, guess });

/** The provider's own pattern, so that a later pause of the same pool is known to be of the same one. */
function patternOf({ provider }: Target, source: string, flags: string): RegExp | undefined {
  if (source === '') return undefined;
  const own = provider.scopes?.find(({ models }) => models?.source === source && models.flags === flags);
  return own?.models ?? new RegExp(source, flags);
}
