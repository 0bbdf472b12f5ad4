import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../../core/errors.ts';
import { whileAdmitted } from '../../kits/surface-kit/index.ts';
import type { LiveEvents } from './answers.ts';
import type { Journal } from './journal.ts';
import { Reader } from './reader.ts';

/** ms between two heartbeats */
const PING = 15_000;
/** most readers at once */
const READERS = 200;

const HEAD = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
};

interface Parts {
  readonly journal: Journal;
  readonly hello: (resumed: boolean) => LiveEvents['hello'];
  /** Called when the first reader comes and when the last one leaves. */
  readonly watched: (isWatched: boolean) => void;
}

/** All readers of the events, and the one place that publishes them. */
export class EventStream {
  readonly #parts: Parts;
  readonly #readers = new Set<Reader>();
  readonly #pinging: NodeJS.Timeout;
  #closed = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#pinging = setInterval(() => this.#readers.forEach((reader) => reader.ping()), PING).unref();
  }

  tell<Name extends keyof LiveEvents>(event: Name, data: LiveEvents[Name]): void {
    const kept = this.#parts.journal.add(event, data);
    for (const reader of this.#readers) reader.take(kept);
  }

  /** @throws GatewayError `queue_full` */
  open(request: FastifyRequest, reply: FastifyReply): void {
    if (this.#closed) throw new GatewayError('shutting_down', 'the gateway is stopping');
    if (request.method === 'HEAD') {
      reply.hijack();
      return void reply.raw.writeHead(200, HEAD).end();
    }
    if (this.#readers.size >= READERS)
      throw new GatewayError('queue_full', `${READERS} clients read /events already; close one`, {
        retryAfterS: 5,
      });
    const since = request.headers['last-event-id'] ?? (request.query as { since?: unknown }).since;
    const { journal, hello, watched } = this.#parts;
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, HEAD);
    const reader = new Reader(raw, journal, hello);
    this.#readers.add(reader);
    whileAdmitted(request, reply, () => reader.end());
    if (this.#readers.size === 1) watched(true);
    raw.once('close', () => {
      this.#readers.delete(reader);
      if (this.#readers.size === 0) watched(false);
    });
    reader.begin(typeof since === 'string' ? since : undefined);
  }

  /** Sends a final event and ends the stream for all readers. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#pinging);
    this.tell('closing', {});
    for (const reader of this.#readers) reader.end();
  }
}
