import type { IncomingHttpHeaders } from 'node:http';
import type {
  Exchange,
  Handler,
  OutboundProxies,
  Transport,
  UpstreamRequest,
} from '../../../../../core/contracts/index.ts';
import { GatewayError } from '../../../../../core/errors.ts';
import { dial } from '../dial.ts';
import { isCut, isFine, type Closing, type End } from '../end.ts';
import { tellRefusal } from '../upstream-refusal.ts';
import { withModel } from './session-model.ts';
import type { SessionRules } from './session-rules.ts';

const NOTHING = Buffer.alloc(0);
const SWITCHING = 101;
const LEFT: Closing = { code: 1001, reason: '' };

interface Parts {
  readonly proxies: OutboundProxies;
  /** as the client names it */
  readonly model: string;
  readonly protocols: readonly string[];
  readonly longest: number;
  /** called with each message that was passed on to the client */
  readonly passed: (message: Buffer) => void;
}

/** The upstream's side of a WebSocket that is passed through: its messages are the answer to one request. */
export class Tunnel implements Transport {
  readonly #parts: Parts;
  #upstream: End | undefined;
  #handler: Handler | undefined;
  /** the upstream's own name of the model */
  #own = '';
  #isOver = false;
  /** what the upstream has chosen; '': none */
  protocol = '';
  /** the kind of the message that is passed on now */
  isBinary = false;
  /** absent: the operator has none for the answering target */
  rules: SessionRules | undefined;
  /** how the upstream ended it */
  closing: Closing | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  request(request: UpstreamRequest, handler: Handler): Exchange {
    this.#handler = handler;
    this.#own = new URL(request.path, request.origin).searchParams.get('model') ?? this.#parts.model;
    const give = dial(
      { request, ...this.#parts },
      {
        connected: () => handler.connected(false),
        refused: (response) => tellRefusal(response, handler),
        lost: (error) => handler.lost(error, false),
        open: (end, headers, protocol) => this.#open(end, headers, protocol, handler),
        message: (message, isBinary) => {
          this.isBinary = isBinary;
          const own = isBinary ? undefined : this.rules?.begun(message);
          if (own) this.#upstream?.send(own);
          handler.data(message);
          this.#parts.passed(message);
        },
        closed: (closing) => this.#closed(closing, handler),
      },
    );
    return {
      abort: () => (this.#upstream ? this.#leave(LEFT) : give()),
      pause: () => this.#upstream?.pause(),
      resume: () => this.#upstream?.resume(),
      ignore: () => undefined,
    };
  }

  /** @returns false when the upstream reads slower than the client sends */
  send(message: Buffer, isBinary: boolean): boolean {
    if (isBinary) return this.#upstream?.send(message, isBinary) ?? true;
    const named = withModel(message, this.#parts.model, this.#own);
    return this.#upstream?.send(this.rules?.applied(named) ?? named) ?? true;
  }

  drained(callback: () => void): void {
    this.#upstream?.drained(callback);
  }

  /** The client has closed it in good order. */
  clientClosed(closing: Closing): void {
    if (this.#isOver) return;
    this.#leave(closing);
    this.#handler?.end();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #open(end: End, headers: IncomingHttpHeaders, protocol: string, handler: Handler): void {
    this.#upstream = end;
    this.protocol = protocol;
    handler.head(SWITCHING, headers);
    // The client is accepted now, whatever the upstream says first.
    handler.data(NOTHING);
  }

  #closed(closing: Closing, handler: Handler): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.closing = closing;
    if (isFine(closing)) return handler.end();
    const { code, reason } = closing;
    const why = reason === '' ? '' : ` (${reason})`;
    if (isCut(closing)) return handler.lost(new Error(`no close frame came${why}`), false);
    handler.lost(
      new GatewayError('upstream_error', `the upstream closed the WebSocket with ${code}${why}`),
      false,
    );
  }

  #leave(closing: Closing): void {
    this.#isOver = true;
    this.#upstream?.close(closing);
  }
}
