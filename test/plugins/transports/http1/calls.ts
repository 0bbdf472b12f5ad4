import type { IncomingHttpHeaders } from 'node:http';
import type { Exchange, Handler, Transport, UpstreamRequest } from '../../../../core/contracts/index.ts';

/** Keeps what it was told, in order; `over` resolves at the end of it. */
export class Calls implements Handler {
  readonly said: string[] = [];
  readonly chunks: Buffer[] = [];
  status = 0;
  headers: IncomingHttpHeaders = {};
  reused: boolean | undefined;
  error: (Error & { code?: string }) | undefined;
  exchange: Exchange | undefined;
  readonly over: Promise<this>;
  /** done as each thing is told */
  readonly #then: Partial<Record<'connected' | 'head' | 'data', () => void>>;
  readonly #resolve: (self: this) => void;

  constructor(then: Partial<Record<'connected' | 'head' | 'data', () => void>> = {}) {
    this.#then = then;
    const { promise, resolve } = Promise.withResolvers<this>();
    this.over = promise;
    this.#resolve = resolve;
  }

  get body(): string {
    return Buffer.concat(this.chunks).toString('latin1');
  }

  connected(reused: boolean): void {
    this.said.push('connected');
    this.reused = reused;
    this.#then.connected?.();
  }

  head(status: number, headers: IncomingHttpHeaders): void {
    this.said.push('head');
    this.status = status;
    this.headers = { ...headers };
    this.#then.head?.();
  }

  data(chunk: Buffer): void {
    if (this.said.at(-1) !== 'data') this.said.push('data');
    this.chunks.push(chunk);
    this.#then.data?.();
  }

  end(): void {
    this.said.push('end');
    this.#resolve(this);
  }

  lost(error: Error): void {
    this.said.push('lost');
    this.error = error;
    this.#resolve(this);
  }
}

/** Asks, and gives what was told. */
export function ask(
  transport: Transport,
  origin: string,
  request: Partial<UpstreamRequest> = {},
  calls = new Calls(),
): Calls {
  const whole = { origin, path: '/', method: 'GET', headers: {}, body: undefined, ...request };
  calls.exchange = transport.request(whole, calls);
  return calls;
}
