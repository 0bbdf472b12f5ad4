import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';
import type { Parsed } from './switchyard.ts';

export interface Got {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: Parsed;
  /** as it was answered */
  readonly status: number;
}

/** A server of an operator's that takes alerts. */
export class Inbox {
  readonly got: Got[] = [];
  /** statuses of the next answers; after that 200 */
  statuses: number[] = [];
  url = '';
  readonly #server = createServer(async (request, response) => {
    const text = Buffer.concat(await request.toArray()).toString();
    const status = this.statuses.shift() ?? 200;
    this.got.push({ headers: request.headers, text, json: JSON.parse(text), status });
    response.writeHead(status).end('ok');
    this.#server.emit('alert');
  });

  static async open(t: Test): Promise<Inbox> {
    const inbox = new Inbox();
    const server = inbox.#server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    inbox.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?token=planted-token`;
    t.teardown(() => {
      server.close();
      server.closeAllConnections();
    });
    return inbox;
  }

  of(type: string): Got[] {
    return this.got.filter(({ json, text }) => json.type === type || text.includes(`: ${type}*`));
  }

  async seen(type: string, count = 1): Promise<Got> {
    while (this.of(type).length < count) await once(this.#server, 'alert');
    return this.of(type)[count - 1] as Got;
  }
}
