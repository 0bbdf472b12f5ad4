import type { Provider } from './contracts.ts';
import { Room } from './room.ts';
import type { Change, State, Supervised } from './supervisor/supervised.ts';
import { Target, type Blocks } from './target.ts';

/** One provider in the yard: its targets, its room, its process, and what it was found to have. */
export class Berth {
  readonly provider: Provider;
  readonly room: Room | undefined;
  /** reasons that take all its targets out */
  readonly blocks: Blocks = new Map();
  readonly #targets = new Map<string, Target>();
  process: Supervised | undefined;
  /** names that it listed; undefined: not known */
  listed: ReadonlySet<string> | undefined;

  constructor(provider: Provider) {
    this.provider = provider;
    this.room = provider.concurrency === undefined ? undefined : new Room(provider.concurrency);
    if (provider.process)
      this.blocks.set('stopped', { until: Infinity, detail: 'its process is not running' });
  }

  get targets(): Iterable<Target> {
    return this.#targets.values();
  }

  /** The one target for that model of its own. */
  target(model: string): Target {
    let target = this.#targets.get(model);
    if (!target) {
      target = new Target({ provider: this.provider, model, room: this.room, blocks: this.blocks });
      this.#targets.set(model, target);
    }
    return target;
  }

  /** The target for a public name it is known to have; undefined when it is not known. */
  knows(name: string): Target | undefined {
    const { models } = this.provider;
    if (models) return Object.hasOwn(models, name) ? this.target(models[name] as string) : undefined;
    return this.listed?.has(name) ? this.target(name) : undefined;
  }

  /** The target for a name nobody is known to have: its default, or the name as it is where its models are not known. */
  guess(): Target | undefined {
    const { models, defaultModel } = this.provider;
    if (!models && !this.listed) return this.target('*');
    if (defaultModel !== undefined) return this.target(defaultModel);
    return models ? undefined : this.target('*');
  }

  get publicNames(): Iterable<string> {
    return this.provider.models ? Object.keys(this.provider.models) : (this.listed ?? []);
  }

  /** A process that is not healthy takes all its targets out, for as long as it is not. */
  changed({ state, reason }: Change): void {
    for (const other of STATES) this.blocks.delete(other);
    if (state !== 'healthy') this.blocks.set(state, { until: Infinity, detail: `${state}: ${reason}` });
  }
}

const STATES: readonly State[] = [
  'absent',
  'installing',
  'stopped',
  'starting',
  'unhealthy',
  'stopping',
  'backoff',
  'failed',
];
