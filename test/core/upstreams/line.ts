import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Test } from 'tap';
import { surfaces, until } from '../../in-front.ts';

/** A bare connection to a gateway, for what an HTTP client would not do or would not show. */
export class Line {
  readonly socket: Socket;
  #received = '';

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('latin1').on('data', (text: string) => (this.#received += text));
    socket.on('error', () => {});
  }

  static async to(t: Test, { url }: { readonly url: string }): Promise<Line> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    t.teardown(() => socket.destroy());
    await once(socket, 'connect');
    return new Line(socket);
  }

  get received(): string {
    return this.#received;
  }

  say(text: string): void {
    this.socket.write(text);
  }

  /** A request for a chat, as it is written. */
  static chat(body: Record<string, unknown> = {}, version = '1.1', headers: readonly string[] = []): string {
    const bytes = JSON.stringify({ ...surfaces.chat.body, ...body });
    return [
      `POST /v1/chat/completions HTTP/${version}`,
      'host: 127.0.0.1',
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(bytes)}`,
      ...headers,
      '',
      bytes,
    ].join('\r\n');
  }

  async hears(pattern: RegExp): Promise<string> {
    await until(
      () => pattern.test(this.#received),
      () => `${pattern} in ${JSON.stringify(this.#received.slice(-300))}`,
    );
    return this.#received;
  }
}
