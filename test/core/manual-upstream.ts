import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';
import type { Switchyard } from '../switchyard.ts';
import { surfaces, until, type SurfaceName } from '../in-front.ts';

/** An upstream that answers nothing by itself: a test writes each answer, when it wants to. */
export interface ManualUpstream {
  readonly url: string;
  /** what it was asked, in order; the n-th once it has come whole */
  asked(nth: number): Promise<ServerResponse>;
  readonly count: number;
}

/** @param usual answers instead as long as it gives something to say */
export async function manualUpstream(
  t: Test,
  usual: () => string | undefined = () => undefined,
): Promise<ManualUpstream> {
  const held: ServerResponse[] = [];
  const server = createServer(async (incoming, response) => {
    await incoming.toArray();
    const said = usual();
    if (said === undefined) held.push(response);
    else response.writeHead(200, EVENTS).end(said);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => (server.closeAllConnections(), server.close()));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    get count() {
      return held.length;
    },
    async asked(nth) {
      await until(
        () => held.length > nth,
        () => `request ${nth + 1}`,
      );
      return held[nth] as ServerResponse;
    },
  };
}

export const EVENTS = { 'content-type': 'text/event-stream' };

/** A caller that hears an answer while it comes. */
export class Caller {
  readonly #request;
  readonly #response = Promise.withResolvers<IncomingMessage>();
  head: IncomingMessage | undefined;
  said = '';
  ended = false;

  /** @param surface an API, or a path below `/v1` */
  constructor({ url }: Switchyard, surface: SurfaceName | `/${string}` = 'chat', more: object = {}) {
    const { path, body } = surface.startsWith('/')
      ? { path: surface, body: surfaces.chat.body }
      : surfaces[surface as SurfaceName];
    const bytes = JSON.stringify({ ...body, stream: true, ...more });
    this.#request = httpRequest(`${url}/v1${path}`, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(bytes) },
    });
    this.#request.on('response', (response) => this.#opened(response)).on('error', () => {});
    this.#request.end(bytes);
  }

  #opened(response: IncomingMessage): void {
    this.head = response;
    response.setEncoding('utf8').on('error', () => {});
    response.on('data', (text: string) => (this.said += text)).on('end', () => (this.ended = true));
    this.#response.resolve(response);
  }

  async hears(what: RegExp): Promise<void> {
    await until(
      () => what.test(this.said),
      () => `${what} in ${JSON.stringify(this.said)}`,
    );
  }

  /** The rest of an answer that ends in good form. */
  async whole(): Promise<string> {
    await until(
      () => this.ended,
      () => `the end of ${JSON.stringify(this.said)}`,
    );
    return this.said;
  }

  opened(): Promise<IncomingMessage> {
    return this.#response.promise;
  }

  leave(): void {
    this.#request.destroy();
  }
}
