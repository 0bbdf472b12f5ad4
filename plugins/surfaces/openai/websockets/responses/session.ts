import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Host } from '../../../../../core/contracts/index.ts';
import { GatewayError } from '../../../../../core/errors.ts';
import { noRoom } from '../../../../../kits/surface-kit/index.ts';
import { protocolsIn } from '../../../../../wire/socket-protocols.ts';
import type { ResponsesMemory } from '../../responses/state/memory.ts';
import { accept } from '../accept.ts';
import { isCut, type Closing, type End } from '../end.ts';
import { BridgedTurns } from './bridged/turns.ts';
import type { Conversations } from './bridged/conversations.ts';
import { mayDoBetter, socketsFor } from './choose.ts';
import type { Asked, Connection } from './connection.ts';
import { errorEvent, isLong, readInTurns, readMessage, refusalOf, type Said } from './events.ts';
import { NativeTurns } from './native/turns.ts';

const STOPPING: Closing = { code: 1001, reason: 'the gateway is stopping' };
const GONE: Closing = { code: 1001, reason: '' };

interface Parts {
  readonly host: Host;
  readonly memory: ResponsesMemory;
  readonly conversations: Conversations;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** called once it is over */
  readonly ended: () => void;
}

/** One client's WebSocket on `/responses`: each `response.create` is a request, one after the other. */
export class ResponsesSession {
  readonly #connection: Connection;
  readonly #ended: () => void;
  readonly #client: End;
  readonly #native: NativeTurns;
  readonly #bridged: BridgedTurns;
  readonly #waiting: Asked[] = [];
  /** a long message, and those behind it */
  #reading: Promise<void> | undefined;
  /** bytes of the messages that wait or are answered */
  #held = 0;
  #isBusy = false;
  #isStopping = false;
  #isOver = false;

  constructor({ host, memory, conversations, request, reply, ended }: Parts) {
    this.#ended = ended;
    const [protocol] = protocolsIn(request.headers);
    this.#client = accept(request, reply, {
      headers: {},
      ...(protocol !== undefined && { protocol }),
      longest: host.config.server.bodyLimit,
      listener: {
        message: (message, isBinary) => this.#take(message, isBinary),
        closed: (closing) => this.#over(closing),
      },
    });
    this.#connection = { host, request, reply, client: this.#client };
    this.#native = new NativeTurns(this.#connection, STOPPING);
    this.#bridged = new BridgedTurns(this.#connection, memory, conversations);
  }

  /** A heartbeat: the client, or a proxy before it, may take a long silence for an end. */
  ping(): void {
    this.#client.ping();
  }

  /** The gateway stops: a running answer may end. */
  stop(): void {
    this.#isStopping = true;
    if (!this.#isBusy) this.#client.close(STOPPING);
  }

  #take(message: Buffer, isBinary: boolean): void {
    if (!this.#reading && !isLong(message))
      return this.#took(message, isBinary, isBinary ? undefined : readMessage(message));
    this.#client.pause();
    const before = this.#reading ?? Promise.resolve();
    const reading = before
      .then(() => (isBinary ? undefined : readInTurns(message)))
      .then((said) => this.#took(message, isBinary, said))
      .finally(() => {
        if (this.#reading !== reading) return;
        this.#reading = undefined;
        if (this.#waiting.length < 2) this.#client.resume();
      });
    this.#reading = reading;
  }

  #took(message: Buffer, isBinary: boolean, said: Said | undefined): void {
    if (said?.type === 'response.create') return this.#queue({ message, said });
    if (said?.type === 'response.cancel' && this.#bridged.cancel()) return;
    if (this.#native.isOpen) return this.#native.forward(message, isBinary);
    this.#refuse(
      new GatewayError(
        'invalid_request',
        "only messages of type 'response.create', and 'response.cancel' for one that is under way, are taken here",
        { param: 'type' },
      ),
    );
  }

  #queue(asked: Asked): void {
    const held = this.#held + asked.message.length;
    if (this.#connection.request.messageShare?.grow(held) === false) return this.#refuse(noRoom());
    this.#held = held;
    this.#waiting.push(asked);
    // Only one further message is read ahead.
    if (this.#waiting.length > 1) this.#client.pause();
    if (!this.#isBusy) void this.#answerAll();
  }

  async #answerAll(): Promise<void> {
    this.#isBusy = true;
    for (let next = this.#waiting.shift(); next && !this.#isOver; next = this.#waiting.shift()) {
      this.#client.resume();
      try {
        this.#connection.request.admitAgain?.('use');
        await this.#answer(next);
      } catch (error) {
        this.#refuse(GatewayError.from(error));
      }
      this.#held -= next.message.length;
      this.#connection.request.messageShare?.shrink(this.#held);
    }
    this.#isBusy = false;
    if (this.#isStopping) this.#client.close(STOPPING);
  }

  /** Over a WebSocket of the model's provider where that has one, else over HTTP. */
  async #answer(asked: Asked): Promise<void> {
    const { model } = asked.said;
    if (model === '')
      throw new GatewayError(
        'invalid_request',
        "'model' is missing; name one of those that GET /v1/models lists",
        { param: 'model' },
      );
    const sockets = this.#bridged.continues(asked) ? 'none' : socketsFor(model, this.#connection);
    if (sockets === 'none') return this.#bridged.answer(asked);
    const refusal = await this.#native.answer(asked);
    if (!refusal || !this.#client.isOpen) return;
    if (sockets === 'some' && mayDoBetter(refusal)) return this.#bridged.answer(asked);
    this.#client.send(errorEvent(refusal));
  }

  #refuse(error: GatewayError): void {
    if (this.#client.isOpen) this.#client.send(errorEvent(refusalOf(error)));
  }

  #over(closing: Closing): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#connection.request.messageShare?.give();
    this.#native.leave(isCut(closing) ? GONE : closing);
    this.#bridged.leave();
    this.#ended();
  }
}
