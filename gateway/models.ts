import type * as contract from '../core/contracts/index.ts';
import type {
  Formats,
  ModelLists,
  Route,
  Settings,
  StrategyFailure,
  Target,
  Upstreams,
} from '../core/contracts/index.ts';
import { Candidates } from '../core/routing/candidates.ts';
import { Routes, type MakeStrategy } from '../core/routing/routes.ts';
import { Slot } from './slot.ts';

/** Strategies that could not pick, and what picked instead. */
interface StrategyFailures {
  list(): StrategyFailure[];
  clear(): void;
}

export interface ModelsDeps {
  readonly upstreams: Upstreams;
  readonly formats: Formats;
  readonly settings: Settings;
  readonly makeStrategy: MakeStrategy;
  readonly strategyFailures: StrategyFailures;
  readonly part?: { readonly mustServe?: (route: Route, surface: string) => void } | undefined;
}

/** The models that there are: their targets, and routes to them that are remembered until something changes. */
export class Models extends Candidates implements contract.Models {
  readonly lists = new Slot<ModelLists>();
  /** looks for providers on loopback */
  readonly discovery = new Slot<{ readonly search: () => Promise<void> }>();
  readonly strategyFailures: StrategyFailures;
  readonly #upstreams: Upstreams;
  readonly #routes: Routes;
  readonly #mustServe: ((route: Route, surface: string) => void) | undefined;

  constructor({ upstreams, formats, settings, makeStrategy, strategyFailures, part }: ModelsDeps) {
    super(upstreams, formats, settings);
    this.#upstreams = upstreams;
    this.#mustServe = part?.mustServe;
    this.strategyFailures = strategyFailures;
    this.#routes = new Routes(this, settings, makeStrategy);
  }

  route(model: string, surface: string, pin?: string): Route {
    const provider = pin === undefined ? pin : this.#upstreams.named(pin).provider.name;
    const route = this.#routes.route(model, surface, provider);
    this.#mustServe?.(route, surface);
    return route;
  }

  /** Nothing is remembered, as any path may ask. */
  targets(surface: string, pin?: string): readonly Target[] {
    const { native, targets } = this.through(surface, '', pin);
    return native ?? targets;
  }

  /** One name is resolved again at its next request. */
  drop(model: string): void {
    this.#routes.drop(model);
  }

  forget(): void {
    this.#routes.forget();
  }

  async refresh(): Promise<void> {
    await Promise.all([this.discovery.current?.search(), this.lists.current?.refresh()]);
  }
}
