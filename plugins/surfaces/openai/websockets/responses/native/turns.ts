import type { Call, Context } from '../../../../../../core/contracts/index.ts';
import { GatewayError } from '../../../../../../core/errors.ts';
import { answerOver, pinOf, type UnderWay } from '../../../../../../kits/surface-kit/index.ts';
import { withKey } from '../../client-key.ts';
import { responsesSocket } from '../../dialects.ts';
import type { Closing } from '../../end.ts';
import type { Asked, Connection } from '../connection.ts';
import { errorEvent, refusalOf } from '../events.ts';
import type { Refusal } from '../refusal.ts';
import { TurnSink } from './sink.ts';
import { TurnTransport } from './transport.ts';

const BROKEN: Closing = { code: 1011, reason: 'the upstream broke the connection' };

/** The turns of a connection that pass through, each as one request over the upstream's own WebSocket. */
export class NativeTurns {
  readonly #connection: Connection;
  readonly #transport: TurnTransport;
  readonly #stopping: Closing;
  #turn: UnderWay | undefined;
  /** the provider that may have the state of earlier answers */
  #provider: string | undefined;

  /** @param stopping how the client's side is closed where the gateway stops */
  constructor(connection: Connection, stopping: Closing) {
    this.#connection = connection;
    this.#stopping = stopping;
    const { host, client } = connection;
    this.#transport = new TurnTransport({
      proxies: host.gateway.proxies,
      longest: host.config.limits.event,
      message: (message, isBinary) => void client.send(message, isBinary),
      closed: (closing) => client.close(closing),
    });
  }

  /** An upstream's WebSocket is open. */
  get isOpen(): boolean {
    return this.#transport.isOpen;
  }

  /** Passes on a message that begins no response. */
  forward(message: Buffer, isBinary: boolean): void {
    if (this.#transport.send(message, isBinary)) return;
    const { client } = this.#connection;
    client.pause();
    this.#transport.drained(() => client.resume());
  }

  /** @returns the refusal, which was not sent to the client */
  async answer({ message, said }: Asked): Promise<Refusal | undefined> {
    const { host, request, reply, client } = this.#connection;
    const asked: { context?: Context } = {};
    const sink = new TurnSink(client, () => this.#broken(asked.context?.disconnect.error));
    const turn = await answerOver(
      {
        call: this.#callOf(message, said.model),
        dialect: responsesSocket,
        request,
        reply,
        pin: pinOf(request) ?? (said.previous !== '' && this.isOpen ? this.#provider : undefined),
        sink,
        transport: this.#transport,
        adapt: (context) => (asked.context = context),
      },
      host.gateway,
    );
    this.#turn = turn;
    if (!client.isOpen) turn.leave();
    await turn.done;
    this.#turn = undefined;
    this.#provider = asked.context?.trace.attempts.at(-1)?.target.provider.name;
    return sink.refusal;
  }

  /** The client has gone. */
  leave(closing: Closing): void {
    this.#turn?.leave();
    this.#transport.leave(closing);
  }

  #callOf(raw: Buffer, model: string): Call {
    const { host, request } = this.#connection;
    return {
      surface: responsesSocket.surface,
      method: 'POST',
      path: '/responses',
      headers: withKey(request.headers),
      raw,
      model,
      stream: true,
      choices: 1,
      format: 'json',
      forwardAuthorization: host.gateway.acceptsCallersKey,
    };
  }

  /** An answer has begun and has no end. @param ended why the gateway has ended it */
  #broken(ended: Error | undefined): void {
    // The client got the upstream's error, and the connection stays.
    if (this.#transport.hasTold) return;
    const { host, client } = this.#connection;
    if (ended) return void client.send(errorEvent(refusalOf(GatewayError.from(ended))));
    client.close(host.gateway.closing ? this.#stopping : (this.#transport.closing ?? BROKEN));
  }
}
