import type { Exchange, Handler, UpstreamRequest } from '../../core/contracts/index.ts';

type Send = (request: UpstreamRequest) => Exchange;

/** Sends a request once it is known what authorizes it. */
export class Authorizing implements Exchange {
  #exchange: Exchange | undefined;
  #isAborted = false;
  #isPaused = false;
  #isIgnored = false;

  constructor(request: UpstreamRequest, handler: Handler, send: Send) {
    const sent = async (): Promise<void> => {
      const headers = await request.authorize?.();
      if (this.#isAborted) return;
      this.#exchange = send({ ...request, headers: { ...request.headers, ...headers } });
      if (this.#isPaused) this.#exchange.pause();
      if (this.#isIgnored) this.#exchange.ignore();
    };
    sent().catch((error: unknown) => {
      if (!this.#isAborted) handler.lost(error as Error, false);
    });
  }

  abort(): void {
    this.#isAborted = true;
    this.#exchange?.abort();
  }

  pause(): void {
    this.#isPaused = true;
    this.#exchange?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#exchange?.resume();
  }

  ignore(): void {
    this.#isIgnored = true;
    this.#exchange?.ignore();
  }
}
