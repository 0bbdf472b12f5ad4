import type { IncomingHttpHeaders } from 'node:http';
import type {
  Exchange,
  Handler,
  OutboundProxies,
  Transport,
  UpstreamRequest,
} from '../../../../../../core/contracts/index.ts';
import { GatewayError } from '../../../../../../core/errors.ts';
import { joined } from '../../../../../../wire/body/pieces.ts';
import { dial } from '../../dial.ts';
import { isCut, type Closing, type End } from '../../end.ts';
import { tellRefusal } from '../../upstream-refusal.ts';
import { errorIn, isLast, readMessage } from '../events.ts';

interface Parts {
  readonly proxies: OutboundProxies;
  readonly longest: number;
  /** A message that belongs to no response. */
  readonly message: (message: Buffer, isBinary: boolean) => void;
  /** The upstream has closed it, and no response was under way. */
  readonly closed: (closing: Closing) => void;
}

/** A connection to an upstream. */
interface Open {
  /** the target and headers of its handshake: the next request may use it if they are the same */
  readonly made: string;
  readonly end: End;
  readonly headers: IncomingHttpHeaders;
}

const DONE: Closing = { code: 1000, reason: '' };
const LEFT: Closing = { code: 1001, reason: '' };

/** Sends each request over the open connection of the previous one, or opens another. */
export class TurnTransport implements Transport {
  readonly #parts: Parts;
  #open: Open | undefined;
  /** the request whose response is under way */
  #handler: Handler | undefined;
  #hasHead = false;
  /** how the upstream has closed it */
  closing: Closing | undefined;
  /** An error of the upstream's was passed on. */
  hasTold = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  request(request: UpstreamRequest, handler: Handler, fresh = false): Exchange {
    this.#handler = handler;
    this.#hasHead = this.hasTold = false;
    const made = JSON.stringify([request.origin, request.path, request.headers]);
    if (this.#open && (fresh || this.#open.made !== made || !this.#open.end.isOpen)) this.leave(DONE);
    const give = this.#open ? undefined : this.#dial(request, made, handler);
    if (this.#open) {
      handler.connected(true);
      this.#begin(this.#open, request);
    }
    return {
      abort: () => this.#abort(handler, give),
      pause: () => this.#open?.end.pause(),
      resume: () => this.#open?.end.resume(),
      ignore: () => undefined,
    };
  }

  get isOpen(): boolean {
    return this.#open?.end.isOpen === true;
  }

  /** Sends a message of the client that begins no response. @returns false when the upstream reads slower than that */
  send(message: Buffer, isBinary: boolean): boolean {
    return this.#open?.end.send(message, isBinary) ?? true;
  }

  drained(callback: () => void): void {
    this.#open?.end.drained(callback);
  }

  /** Closes the connection. */
  leave(closing: Closing): void {
    const open = this.#open;
    this.#open = undefined;
    open?.end.close(closing);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #dial(request: UpstreamRequest, made: string, handler: Handler): () => void {
    let own: Open | undefined;
    const isCurrent = (): boolean => own !== undefined && this.#open === own;
    return dial(
      { request, protocols: [], ...this.#parts },
      {
        connected: () => handler.connected(false),
        refused: (response) => {
          this.#handler = undefined;
          tellRefusal(response, handler);
        },
        lost: (error) => {
          this.#handler = undefined;
          handler.lost(error, false);
        },
        open: (end, headers) => {
          own = this.#open = { made, end, headers };
          this.closing = undefined;
          this.#begin(own, request);
        },
        message: (message, isBinary) => {
          if (isCurrent()) this.#message(message, isBinary);
        },
        closed: (closing) => {
          if (isCurrent()) this.#closed(closing);
        },
      },
    );
  }

  #begin({ end }: Open, { body }: UpstreamRequest): void {
    end.send(Buffer.isBuffer(body) ? body : joined(body ?? []));
  }

  #message(message: Buffer, isBinary: boolean): void {
    const handler = this.#handler;
    const said = isBinary ? undefined : readMessage(message);
    if (!handler) return this.#parts.message(message, isBinary);
    const isError = said?.type === 'error';
    if (isError && !this.#hasHead && said.status !== undefined) {
      const { body } = errorIn(message);
      this.#handler = undefined;
      handler.head(said.status, { 'content-type': 'application/json' });
      handler.data(body);
      return handler.end();
    }
    if (!this.#hasHead) {
      this.#hasHead = true;
      handler.head(200, headersOf(this.#open));
    }
    if (isError || (said && isLast(said))) this.#handler = undefined;
    handler.data(message);
    this.hasTold = isError;
    if (isError) handler.lost(new GatewayError('upstream_error', errorIn(message).text), false);
    else if (said && isLast(said)) handler.end();
  }

  #closed(closing: Closing): void {
    const handler = this.#handler;
    this.#open = this.#handler = undefined;
    this.closing = closing;
    if (!handler) return this.#parts.closed(closing);
    const { code, reason } = closing;
    const how = isCut(closing) ? 'no close frame came' : `it was closed with ${code}`;
    handler.lost(new Error(reason === '' ? how : `${how}: ${reason}`), false);
  }

  #abort(handler: Handler, give: (() => void) | undefined): void {
    if (this.#handler !== handler) return;
    this.#handler = undefined;
    // The response cannot be stopped otherwise.
    if (this.#open) this.leave(LEFT);
    else give?.();
  }
}

/** Those of the handshake; it had no body. */
function headersOf(open: Open | undefined): IncomingHttpHeaders {
  const { 'content-type': _type, 'content-encoding': _encoding, ...headers } = open?.headers ?? {};
  return headers;
}
