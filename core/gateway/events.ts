import type {
  Attempt,
  Context,
  GatewayEvents,
  ProcessChange,
  ProcessStep,
  Sink,
} from '../contracts/index.ts';

type Listener<A, B> = (first: A, second: B) => void;

/** One kind of event and its listeners, in the order in which they came. */
export class Signal<A, B = undefined> {
  readonly #failed: (error: unknown) => void;
  #listeners: readonly Listener<A, B>[] = [];

  /** @param failed told what a listener throws */
  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  emit(first: A, second: B): void {
    for (const listener of this.#listeners) {
      try {
        listener(first, second);
      } catch (error) {
        this.#failed(error);
      }
    }
  }

  /** @returns ends it */
  on(listener: Listener<A, B>): () => void {
    this.#listeners = [...this.#listeners, listener];
    return () => void (this.#listeners = this.#listeners.filter((other) => other !== listener));
  }
}

/** All that the gateway tells its plugins. */
export class Events {
  readonly #failed: (error: unknown) => void;
  readonly request = this.#signal<Context, Sink>();
  readonly attempt = this.#signal<Attempt, Context>();
  readonly end = this.#signal<Context>();
  readonly providerState = this.#signal<string, ProcessChange>();
  readonly providerProgress = this.#signal<string, ProcessStep>();
  readonly config = this.#signal<number>();

  /** @param failed told what a listener throws */
  constructor(failed: (error: unknown) => void = () => {}) {
    this.#failed = failed;
  }

  /** For one plugin: what it subscribes to ends with `close`. */
  subscriber(): GatewayEvents & { close(): void } {
    const ends: (() => void)[] = [];
    return {
      onRequest: (listener) => void ends.push(this.request.on(listener)),
      onAttempt: (listener) => void ends.push(this.attempt.on(listener)),
      onEnd: (listener) => void ends.push(this.end.on(listener)),
      onProviderState: (listener) => void ends.push(this.providerState.on(listener)),
      onProviderProgress: (listener) => void ends.push(this.providerProgress.on(listener)),
      onConfig: (listener) => void ends.push(this.config.on(listener)),
      close: () => ends.splice(0).forEach((end) => end()),
    };
  }

  #signal<A, B = undefined>(): Signal<A, B> {
    return new Signal((error) => this.#failed(error));
  }
}
