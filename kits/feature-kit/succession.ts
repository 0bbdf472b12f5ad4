/** A restart that loses nothing: a successor takes the port and the programs, and this process ends its own answers. */
import type { Socket } from 'node:net';
import type { Gateway, Host } from '../../core/contracts/index.ts';

export interface Restarts {
  /**
   * Starts the successor; settles when that takes requests.
   * @throws GatewayError `restart_failed`: this process continues unchanged
   */
  restart(): Promise<{ readonly pid: number }>;
}

/** A running program on its way to the successor. */
export interface HandedProgram {
  /** its provider's name */
  readonly name: string;
  /** the state of its supervisor, as JSON */
  readonly facts: unknown;
  /** its input, output and error output */
  readonly streams: readonly Socket[];
}

/** Hands running programs over. */
export interface Programs {
  /** Waits until no program starts or stops. @throws GatewayError `restart_failed` naming one that takes longer */
  settled(): Promise<void>;
  /** All running programs, for the successor; their output is not read meanwhile. */
  give(): Promise<readonly HandedProgram[]>;
  /** The successor did not come. */
  keep(): void;
  /** The successor has these; any other is stopped. */
  release(names: ReadonlySet<string>): void;
  /** @returns the names of those that this gateway has a provider for */
  adopt(programs: readonly HandedProgram[]): Promise<readonly string[]>;
}

/** What takes part in a restart of one gateway. */
export class Succession {
  /** undefined: there are no programs */
  programs: Programs | undefined;
  /** undefined: the gateway is part of another app */
  restarts: Restarts | undefined;
  readonly #replacement = new AbortController();
  /** aborted when the successor takes requests: endless answers end, so that their readers reconnect to it */
  readonly replaced: AbortSignal = this.#replacement.signal;

  /** The successor takes the requests from here on. */
  replace(): void {
    this.#replacement.abort();
  }
}

const all = new WeakMap<Gateway, Succession>();

export function successionOf(gateway: Gateway): Succession {
  let succession = all.get(gateway);
  if (!succession) all.set(gateway, (succession = new Succession()));
  return succession;
}

/** Calls `run` when the successor takes requests, unless the plugin is closed by then. */
export function onReplaced({ app, gateway }: Pick<Host, 'app' | 'gateway'>, run: () => void): void {
  const { replaced } = successionOf(gateway);
  replaced.addEventListener('abort', run, { once: true });
  app.addHook('onClose', async () => replaced.removeEventListener('abort', run));
}
