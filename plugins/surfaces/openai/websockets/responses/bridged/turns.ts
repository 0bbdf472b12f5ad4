import type { Call } from '../../../../../../core/contracts/index.ts';
import { objectsOf, parseExact, type Json } from '../../../../../../kits/dialect-kit/json.ts';
import {
  answerOver,
  checkModel,
  hasSurface,
  pinOf,
  type UnderWay,
} from '../../../../../../kits/surface-kit/index.ts';
import { responses } from '../../../dialects/responses.ts';
import { continued, mayRefer } from '../../../responses/state/continue.ts';
import { itemsIn } from '../../../responses/state/items.ts';
import type { ResponsesMemory } from '../../../responses/state/memory.ts';
import { PassingResponse } from '../../../responses/state/passing-response.ts';
import { withKey } from '../../client-key.ts';
import type { Closing } from '../../end.ts';
import type { Asked, Connection } from '../connection.ts';
import { cancelledEvent, inLane } from '../events.ts';
import type { Conversations } from './conversations.ts';
import { readCreate, type Create } from './create.ts';
import { EventSink } from './sink.ts';
import { warmUp } from './warm-up.ts';

const BROKEN: Closing = { code: 1011, reason: 'the answer broke off' };

interface UnderWayHere {
  readonly turn: UnderWay;
  readonly sink: EventSink;
  readonly lane: string;
}

/** The turns of a connection whose model has no provider with WebSockets: each is a request over HTTP, and its events are messages. */
export class BridgedTurns {
  readonly #connection: Connection;
  readonly #memory: ResponsesMemory;
  readonly #conversations: Conversations;
  /** responses of this connection that it may continue, each with its lane */
  readonly #own = new Map<string, string>();
  #underWay: UnderWayHere | undefined;

  constructor(connection: Connection, memory: ResponsesMemory, conversations: Conversations) {
    this.#connection = connection;
    this.#memory = memory;
    this.#conversations = conversations;
  }

  /** It continues a response that only this connection has. */
  continues({ said }: Asked): boolean {
    return this.#own.has(said.previous);
  }

  async answer({ message, said }: Asked): Promise<void> {
    const { request } = this.#connection;
    const create = readCreate(message, said.values);
    checkModel(request.caller, said.model);
    const { call, pin } = await this.#whole(create, said.model);
    if (create.generates) return this.#generate(call, pin, create);
    const { id, messages } = warmUp(call);
    this.#keep(id, itemsOf(call), create);
    for (const one of messages) this.#connection.client.send(inLane(one, create.lane));
  }

  /** @returns whether a response was under way */
  cancel(): boolean {
    const { turn, sink, lane } = this.#underWay ?? {};
    if (!turn) return false;
    turn.leave();
    this.#connection.client.send(inLane(cancelledEvent(sink?.begun), lane ?? ''));
    return true;
  }

  /** The client has gone. */
  leave(): void {
    this.#underWay?.turn.leave();
    for (const id of this.#own.keys()) this.#forget(id);
  }

  async #generate(call: Call, pin: string | undefined, create: Create): Promise<void> {
    const { host, request, reply, client } = this.#connection;
    const passing = new PassingResponse(call, request.caller?.id ?? '', this.#memory);
    const sink = new EventSink({
      client,
      lane: create.lane,
      passing,
      broken: () => client.close(BROKEN),
      ended: (response) => this.#remember(response, call, create, passing.isMadeHere),
    });
    const tied = { call, dialect: responses, request, reply, pin, sink };
    const turn = await answerOver(tied, host.gateway);
    this.#underWay = { turn, sink, lane: create.lane };
    if (!client.isOpen) turn.leave();
    await turn.done;
    this.#underWay = undefined;
  }

  /** The request with the conversation so far, where that is known here. */
  async #whole({ body, previous }: Create, model: string): Promise<{ call: Call; pin: string | undefined }> {
    const { request } = this.#connection;
    const known = this.#own.has(previous) ? this.#conversations.find(previous) : undefined;
    if (known) {
      const { previous_response_id: _previous, ...rest } = body;
      const input = [...known, ...itemsIn(rest.input)];
      const call = this.#callOf({ ...rest, input }, model);
      return { call: { ...call, echo: { previous_response_id: previous } }, pin: pinOf(request) };
    }
    const call = this.#callOf(body, model);
    if (!mayRefer(call)) return { call, pin: pinOf(request) };
    const owner = request.caller?.id ?? '';
    const next = await continued(call, owner, this.#memory, () => this.#isKeptUpstream(model));
    return { call: next.call, pin: next.pin ?? pinOf(request) };
  }

  #callOf(body: Json, model: string): Call {
    const { host, request } = this.#connection;
    return {
      surface: responses.surface,
      method: 'POST',
      path: '/responses',
      headers: withKey(request.headers),
      raw: Buffer.from(JSON.stringify(body)),
      model,
      stream: true,
      choices: 1,
      format: 'json',
      forwardAuthorization: host.gateway.acceptsCallersKey,
    };
  }

  /** A provider of the model has the API, and so may have a response that is unknown here. */
  #isKeptUpstream(model: string): boolean {
    const { request, host } = this.#connection;
    const { models, formats } = host.gateway;
    try {
      const { targets } = models.route(model, responses.surface, pinOf(request));
      return targets.some((target) => hasSurface(target, responses.surface, formats));
    } catch {
      return true;
    }
  }

  /** A response that a provider stores is continued there, by its id. */
  #remember({ id, output }: Json, call: Call, create: Create, isMadeHere: boolean): void {
    const isKept = !isMadeHere && create.body.store !== false;
    if (typeof id !== 'string' || isKept || call.raw.includes('"previous_response_id"')) return;
    const said = objectsOf(output).filter((item) => isMadeHere || isOfUse(item));
    this.#keep(id, [...itemsOf(call), ...said], create);
  }

  /** Of each lane the last one, which stands for all before it. */
  #keep(id: string, items: readonly Json[], { previous, lane }: Create): void {
    if (!this.#connection.client.isOpen) return;
    if (this.#own.get(previous) === lane) this.#forget(previous);
    this.#own.set(id, lane);
    this.#conversations.keep(id, items);
  }

  #forget(id: string): void {
    this.#own.delete(id);
    this.#conversations.forget(id);
  }
}

const itemsOf = ({ raw }: Call): Json[] => itemsIn((parseExact(raw.toString()) as Json).input);

/** Reasoning that is neither stored nor sealed is dropped: its provider would refuse it. */
const isOfUse = ({ type, encrypted_content: sealed }: Json): boolean =>
  type !== 'reasoning' || typeof sealed === 'string';
