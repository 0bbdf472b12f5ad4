import type { Provider, Target, Upstreams } from '../../core/contracts/index.ts';
import { ANY, Target as RealTarget } from '../../core/upstreams/target.ts';
import type { TargetName } from './messages.ts';

/** names that are kept after their providers are gone */
const MOST = 1_000;

export const nameOf = ({ id, through, name }: Target): TargetName => (through ? `${id}\n${name}` : id);

/** The targets of this thread, by the names that other threads say. */
export class TargetsByName {
  readonly #upstreams: Upstreams;
  /** of providers that are gone */
  readonly #gone = new Map<TargetName, Target>();

  constructor(upstreams: Upstreams) {
    this.#upstreams = upstreams;
  }

  of(told: TargetName): Target {
    const [id = '', name] = told.split('\n');
    const slash = id.indexOf('/');
    const [provider, model] = [id.slice(0, slash), id.slice(slash + 1)];
    const upstream = this.#upstreams.get(provider);
    if (upstream) return name === undefined ? upstream.target(model) : upstream.asked(name);
    let target = this.#gone.get(told);
    if (target) return target;
    if (this.#gone.size >= MOST) this.#gone.clear();
    const parts = { provider: { name: provider, surfaces: [] } as unknown as Provider, model };
    const any = name === undefined ? undefined : new RealTarget({ ...parts, model: ANY });
    target = any && name !== undefined ? (any.names?.of(name) ?? any) : new RealTarget(parts);
    this.#gone.set(told, target);
    return target;
  }
}
