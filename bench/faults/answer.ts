import type { ServerResponse } from 'node:http';
import { wait } from '../clock.ts';

/** Every whole answer contains these words; without one of them it is incomplete. */
export const words: readonly string[] = ['one ', 'two ', 'three ', 'four'];
/** ms between two deltas. */
const interval = 5;

export interface AdaptedCall {
  readonly stream: boolean;
  /** which of the load's requests it is */
  readonly number: number;
}

/** One answer of one upstream, piece by piece; the answer's id names the upstream. */
export class Answer {
  readonly #response: ServerResponse;
  readonly #stream: boolean;
  readonly #id: string;

  constructor(response: ServerResponse, { stream, number }: AdaptedCall, name: string) {
    this.#response = response;
    this.#stream = stream;
    this.#id = `${name} ${number}`;
  }

  /** All of it, the first content after `first` ms. */
  async whole(first: number): Promise<void> {
    if (this.#stream) this.begin();
    await wait(first);
    for (const word of words) {
      if (this.#stream) this.delta(word);
      await wait(interval);
    }
    if (this.#stream) this.#response.write(this.#event({}, 'stop') + 'data: [DONE]\n\n');
    else this.#head('application/json').write(this.#completion());
    this.#response.end();
  }

  /** Everything before its content: a stream's role, or nearly half of an answer that is no stream. */
  begin(): void {
    if (this.#stream) this.#head('text/event-stream').write(this.#event({ role: 'assistant', content: '' }));
    else this.#head('application/json').write(this.#completion().slice(0, 100));
  }

  delta(content = words[0]): void {
    this.#response.write(this.#event({ content }));
  }

  /** A body that ends early, but in valid framing. */
  end(): void {
    this.#response.end();
  }

  reset(): void {
    this.#response.socket?.resetAndDestroy();
  }

  refuse(status: number, headers: Record<string, string> = {}): void {
    const error = { message: `${status} for the bench`, type: 'server_error' };
    this.#response.writeHead(status, { 'content-type': 'application/json', ...headers });
    this.#response.end(JSON.stringify({ error }));
  }

  #head(type: string): ServerResponse {
    return this.#response.writeHead(200, { 'content-type': type });
  }

  #event(delta: object, reason: string | null = null): string {
    const choices = [{ index: 0, delta, finish_reason: reason }];
    return `data: ${JSON.stringify({ ...this.#base('chat.completion.chunk'), choices })}\n\n`;
  }

  #completion(): string {
    const message = { role: 'assistant', content: words.join('') };
    const choices = [{ index: 0, message, finish_reason: 'stop' }];
    return JSON.stringify({ ...this.#base('chat.completion'), choices });
  }

  #base(object: string): object {
    return { id: this.#id, object, created: 1_760_000_000, model: 'm' };
  }
}
