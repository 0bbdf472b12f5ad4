import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { wait } from '../clock.ts';
import { Answer, type AdaptedCall } from './answer.ts';
import { misbehave } from './misbehave.ts';
import type { Fault } from './scenes.ts';

/** An upstream on a port of its own that can be given a fault and recover from it, and counts what it did since. */
export class Upstream {
  readonly name: string;
  /** requests it answered with a status that is no 200 */
  refused = 0;
  /** numbers of requests that it began to answer and abandoned before their content */
  readonly leftEarly = new Set<number>();
  readonly #first: number;
  readonly #server: Server;
  #port = 0;
  #fault: Fault | undefined;
  #since = 0;

  /** @param first ms until its first content while it is healthy */
  constructor(name: string, first: number) {
    this.name = name;
    this.#first = first;
    this.#server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      response.on('error', () => {});
      void this.#answer(request, response);
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/v1`;
  }

  async listen(): Promise<this> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  async suffer(fault: Fault): Promise<void> {
    this.refused = 0;
    this.leftEarly.clear();
    [this.#fault, this.#since] = [fault, performance.now()];
    if (fault === 'refuse') await this.close();
  }

  async recover(): Promise<void> {
    if (this.#fault === 'refuse') await this.#listenAgain();
    this.#fault = undefined;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  /** Meanwhile the port may have become the local end of another connection. */
  async #listenAgain(): Promise<void> {
    for (let waited = 0; waited < 2_000; waited += 50) {
      const isBack = await this.listen().then(
        () => true,
        () => false,
      );
      if (isBack) return;
      await wait(50);
    }
    throw new Error(`port ${this.#port} of ${this.name} was taken by another process meanwhile`);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === 'GET') {
      const models = { object: 'list', data: [{ id: 'm', object: 'model' }] };
      return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(models));
    }
    const asked = askedFor(await text(request));
    const answer = new Answer(response, asked, this.name);
    const misdeed =
      this.#fault && (await misbehave(this.#fault, answer, asked, performance.now() - this.#since));
    if (misdeed === 'refused') this.refused += 1;
    else if (misdeed === 'left before content') this.leftEarly.add(asked.number);
    else if (misdeed === undefined) await answer.whole(this.#first);
  }
}

function askedFor(body: string): AdaptedCall {
  const { stream, messages } = JSON.parse(body) as { stream: boolean; messages: [{ content: string }] };
  return { stream, number: Number(messages[0].content) };
}
