import type { AnswerHeaders, Context, Sink } from '../../core/contracts/index.ts';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import { isLeftToEnd, type Writer } from '../../wire/end-of-turn.ts';
import { writeHead } from '../../wire/header-lines.ts';
import { shortText } from '../../wire/short-text.ts';

const END = Buffer.from('0\r\n\r\n');

/**
 * Writes to a client's HTTP response. After the head, chunks are framed here and written to the socket in one piece
 * each: Node's own path costs two writes and a nextTick more. `response.end()` stays Node's, so that keep-alive is its
 * business. HTTP/1.0 clients and pipelined requests, where the socket is not ours yet, take Node's path.
 */
export class HttpSink implements Sink, Writer {
  readonly #reply: FastifyReply;
  readonly #response: ServerResponse;
  #socket: Socket | undefined;
  /** a whole body that is written at the end of the turn */
  #whole: Buffer | string | undefined;
  /** a framed chunk that is written at the end of the turn */
  #chunk: Buffer | undefined;
  #isWaiting = false;
  /** The opened answer is a stream, in which heartbeats are allowed. */
  #isStream = false;
  /** Its client skips comments with words in them. */
  #takesComments = false;
  #observe: ((bytes: Buffer) => void) | undefined;
  /** sees that something is written */
  keepAlive: { wrote(): void } | undefined;

  constructor(reply: FastifyReply) {
    this.#reply = reply;
    this.#response = reply.raw;
  }

  /** Its request begins; for sinks that say something else of it than what comes. */
  begin(_context: Context): void {}

  get committed(): boolean {
    return this.#response.headersSent && !this.#isWaiting;
  }

  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  get closed(): boolean {
    return this.#whole !== undefined || this.#response.destroyed || this.#response.writableEnded;
  }

  observe(observer: (bytes: Buffer) => void): void {
    const before = this.#observe;
    this.#observe = (bytes) => {
      before?.(bytes);
      try {
        observer(bytes);
      } catch (error) {
        this.#reply.log.error({ err: error }, 'a plugin that observes an answer failed');
      }
    };
  }

  whole(status: number, headers: AnswerHeaders, body: Buffer): void {
    if (this.#isWaiting) {
      this.head(status, headers);
      this.write(body);
      return this.end();
    }
    headers['content-length'] = body.length;
    writeHead(this.#response, status, headers);
    this.#observe?.(body);
    if (this.#reply.request.method === 'HEAD') return void this.#response.end();
    // Node writes a text in one piece with its head: copying it costs less than a second write.
    this.#whole = shortText(body) ?? body;
    if (!isLeftToEnd(this)) this.flush();
  }

  flush(): void {
    const whole = this.#whole;
    this.#whole = undefined;
    if (whole === undefined) this.#writeChunk();
    else if (this.#response.destroyed) return;
    else if (typeof whole === 'string') this.#response.end(whole, 'latin1');
    else this.#response.end(whole);
  }

  head(status: number, headers: AnswerHeaders): void {
    if (this.#isWaiting) {
      this.#isWaiting = false;
      if (this.#takesComments) this.write(inComments(headers));
      return;
    }
    const type = String(headers['content-type']);
    this.#isStream = type.startsWith('text/event-stream') || type.startsWith('application/x-ndjson');
    const response = this.#response;
    const own =
      response.req.httpVersionMinor === 1 &&
      response.socket !== null &&
      headers['content-length'] === undefined;
    if (own) headers['transfer-encoding'] = 'chunked';
    writeHead(this.#response, status, headers);
    if (!own) return;
    response.flushHeaders();
    // From here Node must not frame again what we have framed.
    (response as ServerResponse & { chunkedEncoding: boolean }).chunkedEncoding = false;
    this.#socket = response.socket as Socket;
  }

  /** Begins a stream for a client that waits: the answer or the failure is written into it. @param ping a heartbeat */
  wait(headers: AnswerHeaders, ping: string, takesComments: boolean): void {
    this.#takesComments = takesComments;
    this.head(200, headers);
    this.#isWaiting = true;
    this.write(Buffer.from(ping));
  }

  /** A heartbeat in a stream; not to a client that has not read what was sent before. */
  comment(ping: string): void {
    if (this.#isStream && !this.#chunk && (this.#socket ?? this.#response).writableLength === 0)
      this.write(Buffer.from(ping));
  }

  write(bytes: Buffer): boolean {
    if (bytes.length === 0) return true;
    this.#observe?.(bytes);
    this.keepAlive?.wrote();
    if (!this.#socket) return this.#response.write(bytes);
    const size = bytes.length.toString(16);
    const framed = Buffer.allocUnsafe(size.length + bytes.length + 4);
    framed.write(size, 0, 'latin1');
    framed.writeUInt16BE(0x0d0a, size.length);
    bytes.copy(framed, size.length + 2);
    framed.writeUInt16BE(0x0d0a, framed.length - 2);
    if (this.#chunk) this.#writeChunk();
    else if (isLeftToEnd(this)) {
      this.#chunk = framed;
      return !this.#socket.writableNeedDrain;
    }
    return this.#socket.write(framed);
  }

  /** Corking the socket instead would allocate more than the chunk itself. */
  #writeChunk(): void {
    const chunk = this.#chunk;
    this.#chunk = undefined;
    if (chunk) this.#socket?.write(chunk);
  }

  end(): void {
    const last = this.#chunk;
    this.#chunk = undefined;
    this.#socket?.write(last ? Buffer.concat([last, END]) : END);
    this.#response.end();
  }

  break(): void {
    this.#writeChunk();
    this.#response.destroy();
  }

  drained(callback: () => void): void {
    (this.#socket ?? this.#response).once('drain', callback);
  }
}

/** Names the provider of an answer in a stream whose head went out before that was known. */
function inComments(headers: AnswerHeaders): Buffer {
  const ours = Object.entries(headers).filter(([name]) => name.startsWith('x-switchyard-'));
  return Buffer.from(`${ours.map(([name, value]) => `: ${name}: ${String(value)}\n`).join('')}\n`);
}
