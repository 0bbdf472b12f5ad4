import type {
  Attempt,
  Context,
  GatewayEvents,
  ProcessChange,
  ProcessStep,
  Sink,
  UpstreamRequest,
} from '../contracts/index.ts';

type Listener<A, B, C> = (first: A, second: B, third: C) => void;
/** Takes what a listener of an event has thrown. */
type Failed = (event: keyof GatewayEvents, error: unknown) => void;

/** One kind of event and its listeners, in the order in which they came. */
export class Signal<A, B = undefined, C = undefined> {
  #listeners: readonly Listener<A, B, C>[] = [];

  emit(first: A, second: B, third?: C): void {
    for (const listener of this.#listeners) listener(first, second, third as C);
  }

  /** @returns ends the subscription */
  on(listener: Listener<A, B, C>): () => void {
    this.#listeners = [...this.#listeners, listener];
    return () => void (this.#listeners = this.#listeners.filter((other) => other !== listener));
  }
}

/** All that the gateway tells its plugins. */
export class Events {
  readonly request = new Signal<Context, Sink>();
  readonly send = new Signal<UpstreamRequest, Attempt, Context>();
  readonly attempt = new Signal<Attempt, Context, unknown>();
  readonly end = new Signal<Context>();
  readonly providerState = new Signal<string, ProcessChange>();
  readonly providerProgress = new Signal<string, ProcessStep>();
  readonly config = new Signal<number>();

  /** For one plugin: its subscriptions end with `close`, and after that there are none. */
  subscriber(failed: Failed = () => {}): GatewayEvents & { close(): void } {
    let ends: (() => void)[] | undefined = [];
    const to = <A, B, C>(event: keyof GatewayEvents, signal: Signal<A, B, C>) => {
      const tell = (error: unknown): void => failed(event, error);
      return (listener: Listener<A, B, C>): void => void ends?.push(signal.on(guarded(listener, tell)));
    };
    return {
      onRequest: to('onRequest', this.request),
      onSend: to('onSend', this.send),
      onAttempt: to('onAttempt', this.attempt),
      onEnd: to('onEnd', this.end),
      onProviderState: to('onProviderState', this.providerState),
      onProviderProgress: to('onProviderProgress', this.providerProgress),
      onConfig: to('onConfig', this.config),
      close(): void {
        for (const end of ends ?? []) end();
        ends = undefined;
      },
    };
  }
}

/** Guards the others from a listener that throws, or that returns a promise which rejects. */
function guarded<A, B, C>(listener: Listener<A, B, C>, failed: (error: unknown) => void): Listener<A, B, C> {
  return (first, second, third) => {
    try {
      const returned: unknown = listener(first, second, third);
      if (returned instanceof Promise) returned.catch(failed);
    } catch (error) {
      failed(error);
    }
  };
}
