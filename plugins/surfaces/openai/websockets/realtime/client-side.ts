import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AnswerHeaders, Sink } from '../../../../../core/contracts/index.ts';
import { errorBody, type GatewayError } from '../../../../../core/errors.ts';
import { HttpSink, requestId } from '../../../../../kits/surface-kit/index.ts';
import { accept } from '../accept.ts';
import { isCut, type Closing, type End } from '../end.ts';
import type { Tunnel } from './tunnel.ts';

interface Parts {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly longest: number;
  readonly tunnel: Tunnel;
  /** Called once the answering target is known. */
  readonly answeredBy: (headers: AnswerHeaders) => void;
  readonly isClosing: () => boolean;
  /** why the gateway has ended it; undefined: it has not */
  readonly whyEnded: () => GatewayError | undefined;
}

/** a policy is violated (RFC 6455 §7.4.1) */
const REFUSED = 1008;
const ENDED: Closing = { code: 1000, reason: '' };
const BROKEN: Closing = { code: 1011, reason: 'the upstream broke the connection' };
const STOPPING: Closing = { code: 1001, reason: 'the gateway is stopping' };

/** The client's side of a WebSocket that is passed through: a refusal is a plain answer, else its handshake is answered. */
export class ClientSide implements Sink {
  readonly #parts: Parts;
  #client: End | undefined;
  #left: () => void = () => undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get committed(): boolean {
    return this.#client !== undefined;
  }

  get closed(): boolean {
    return this.#client ? !this.#client.isOpen : this.#parts.request.raw.socket.destroyed;
  }

  whole(status: number, headers: AnswerHeaders, body: Buffer): void {
    new HttpSink(this.#parts.reply).whole(status, headers, body);
  }

  head(_status: number, headers: AnswerHeaders): void {
    const { request, reply, longest, tunnel, answeredBy } = this.#parts;
    answeredBy(headers);
    this.#client = accept(request, reply, {
      headers,
      ...(tunnel.protocol !== '' && { protocol: tunnel.protocol }),
      longest,
      listener: {
        message: (message, isBinary) => this.#forward(message, isBinary),
        closed: (closing) => (isCut(closing) ? this.#left() : tunnel.clientClosed(closing)),
      },
    });
  }

  write(message: Buffer): boolean {
    if (message.length === 0) return true;
    return this.#client?.send(message, this.#parts.tunnel.isBinary) ?? true;
  }

  drained(callback: () => void): void {
    this.#client?.drained(callback);
  }

  end(): void {
    this.#client?.close(this.#parts.tunnel.closing ?? ENDED);
  }

  break(): void {
    const { tunnel, isClosing, whyEnded } = this.#parts;
    const error = whyEnded();
    if (error) return this.#refuse(error);
    this.#client?.close(tunnel.closing ?? (isClosing() ? STOPPING : BROKEN));
  }

  /** @param left called where its client is gone without a close frame */
  whenLeft(left: () => void): void {
    this.#left = left;
  }

  /** The gateway stops. */
  stop(): void {
    this.#client?.close(STOPPING);
  }

  /** Clients show an error event; of a close frame most show the code alone. */
  #refuse(error: GatewayError): void {
    const event = { event_id: `event_${requestId()}`, type: 'error', ...errorBody(error) };
    this.#client?.send(JSON.stringify(event));
    this.#client?.close({ code: REFUSED, reason: error.message });
  }

  #forward(message: Buffer, isBinary: boolean): void {
    const { tunnel } = this.#parts;
    if (tunnel.send(message, isBinary)) return;
    this.#client?.pause();
    tunnel.drained(() => this.#client?.resume());
  }
}
