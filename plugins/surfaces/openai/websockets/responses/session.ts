import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Call, Context, Host } from '../../../../../core/contracts/index.ts';
import { errorBody, GatewayError } from '../../../../../core/errors.ts';
import { answerOver, pinOf, type UnderWay } from '../../../../../kits/surface-kit/index.ts';
import { accept } from '../accept.ts';
import { protocolsIn } from '../../../../../wire/socket-protocols.ts';
import { withKey } from '../client-key.ts';
import { responsesSocket } from '../dialects.ts';
import { isCut, type Closing, type End } from '../end.ts';
import { errorEvent, readMessage, type Said } from './events.ts';
import { TurnSink } from './turn-sink.ts';
import { TurnTransport } from './turn-transport.ts';

const BROKEN: Closing = { code: 1011, reason: 'the upstream broke the connection' };
const STOPPING: Closing = { code: 1001, reason: 'the gateway is stopping' };
const GONE: Closing = { code: 1001, reason: '' };

interface Asked {
  readonly message: Buffer;
  readonly said: Said;
}

/** One client's WebSocket on `/responses`: each `response.create` is a request, one after the other. */
export class ResponsesSession {
  readonly #host: Host;
  readonly #request: FastifyRequest;
  readonly #reply: FastifyReply;
  readonly #ended: () => void;
  readonly #transport: TurnTransport;
  readonly #client: End;
  readonly #waiting: Asked[] = [];
  /** a request whose answer has not ended */
  #turn: UnderWay | undefined;
  #isBusy = false;
  #isStopping = false;
  #isOver = false;
  /** the provider that may keep what was answered before */
  #provider: string | undefined;

  /** @param ended called once it is over */
  constructor(host: Host, request: FastifyRequest, reply: FastifyReply, ended: () => void) {
    this.#host = host;
    this.#request = request;
    this.#reply = reply;
    this.#ended = ended;
    this.#transport = new TurnTransport({
      proxies: host.gateway.proxies,
      longest: host.config.limits.event,
      message: (message, isBinary) => void this.#client.send(message, isBinary),
      closed: (closing) => this.#client.close(closing),
    });
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
  }

  /** The gateway stops: an answer under way has its time. */
  stop(): void {
    this.#isStopping = true;
    if (!this.#isBusy) this.#client.close(STOPPING);
  }

  #take(message: Buffer, isBinary: boolean): void {
    const said = isBinary ? undefined : readMessage(message);
    if (said?.type !== 'response.create') return this.#forward(message, isBinary);
    this.#waiting.push({ message, said });
    // The next but one stays with the client.
    if (this.#waiting.length > 1) this.#client.pause();
    if (!this.#isBusy) void this.#answerAll();
  }

  #forward(message: Buffer, isBinary: boolean): void {
    if (!this.#transport.isOpen)
      return this.#refuse(
        new GatewayError('invalid_request', "begin with a message of type 'response.create'", {
          param: 'type',
        }),
      );
    if (this.#transport.send(message, isBinary)) return;
    this.#client.pause();
    this.#transport.drained(() => this.#client.resume());
  }

  async #answerAll(): Promise<void> {
    this.#isBusy = true;
    for (let next = this.#waiting.shift(); next && !this.#isOver; next = this.#waiting.shift()) {
      this.#client.resume();
      try {
        await this.#answer(next);
      } catch (error) {
        this.#refuse(GatewayError.from(error));
      }
    }
    this.#isBusy = false;
    if (this.#isStopping) this.#client.close(STOPPING);
  }

  async #answer({ message, said }: Asked): Promise<void> {
    if (said.model === '')
      throw new GatewayError(
        'invalid_request',
        "'model' is missing; name one of those that GET /v1/models lists",
        {
          param: 'model',
        },
      );
    const asked: { context?: Context } = {};
    const turn = await answerOver(
      {
        call: this.#callOf(message, said),
        dialect: responsesSocket,
        request: this.#request,
        reply: this.#reply,
        pin: pinOf(this.#request) ?? (said.continues && this.#transport.isOpen ? this.#provider : undefined),
        sink: new TurnSink(this.#client, () => this.#broken()),
        transport: this.#transport,
        adapt: (context) => (asked.context = context),
      },
      this.#host.gateway,
    );
    this.#turn = turn;
    if (this.#isOver) turn.leave();
    await turn.done;
    this.#turn = undefined;
    this.#provider = asked.context?.trace.attempts.at(-1)?.target.provider.name;
  }

  #callOf(raw: Buffer, { model }: Said): Call {
    return {
      surface: responsesSocket.surface,
      method: 'POST',
      path: '/responses',
      headers: withKey(this.#request.headers),
      raw,
      model,
      stream: true,
      choices: 1,
      format: 'json',
      forwardAuthorization: this.#host.gateway.acceptsCallersKey,
    };
  }

  /** An answer has begun and has no end. */
  #broken(): void {
    // An error of the upstream's has told the client, and the connection stays.
    if (this.#transport.hasTold) return;
    this.#client.close(this.#host.gateway.closing ? STOPPING : (this.#transport.closing ?? BROKEN));
  }

  #refuse(error: GatewayError): void {
    if (this.#client.isOpen)
      this.#client.send(errorEvent(error.statusCode, Buffer.from(JSON.stringify(errorBody(error)))));
  }

  #over(closing: Closing): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#turn?.leave();
    this.#transport.leave(isCut(closing) ? GONE : closing);
    this.#ended();
  }
}
