import type { AnswerHeaders, Call } from '../../../../../core/contracts/index.ts';
import { isObject, parse, parseExact, stringOf } from '../../../../../kits/dialect-kit/json.ts';
import { membersOf, scalarAt } from '../../../../../wire/body/json-members.ts';
import { listOf, writtenItemsOf } from './items.ts';
import type { ResponsesMemory } from './memory.ts';

/** The event that holds the whole response. */
const LAST = /(?:^|\n)event: response\.(?:completed|incomplete)\ndata: (.*)/;
const MARK = Buffer.from('event: response.');
/** an id near the beginning of an answer */
const ID = /"id":\s*"(resp_[^"]+)"/;
const BEGINNING = 2_000;
const ASKED = ['store', 'input'];

/** Keeps a response that passes: all of it where the gateway made it, else which provider has it. */
export class PassingResponse {
  readonly #call: Call;
  readonly #owner: string;
  readonly #memory: ResponsesMemory;
  #provider: string | undefined;
  /** A translation has made it. */
  isMadeHere = false;

  constructor(call: Call, owner: string, memory: ResponsesMemory) {
    this.#call = call;
    this.#owner = owner;
    this.#memory = memory;
  }

  whole(status: number, headers: AnswerHeaders, body: Buffer): void {
    this.head(status, headers);
    if (status !== 200) return;
    if (this.isMadeHere) this.#save(body.toString());
    else this.#remember(body);
  }

  head(status: number, headers: AnswerHeaders): void {
    if (status !== 200) return;
    const provider = headers['x-switchyard-provider'];
    this.isMadeHere = String(headers['x-switchyard-translated'] ?? '').startsWith('responses-to-');
    this.#provider = typeof provider === 'string' ? provider : undefined;
  }

  /** @param bytes of a stream */
  read(bytes: Buffer): void {
    if (this.isMadeHere) this.#look(bytes);
    else if (this.#provider !== undefined) this.#remember(bytes);
  }

  #look(bytes: Buffer): void {
    if (!bytes.includes(MARK)) return;
    const [, data] = LAST.exec(bytes.toString()) ?? [];
    const event = data === undefined ? undefined : parseExact(data);
    if (isObject(event)) this.#save(JSON.stringify(event.response));
  }

  #save(response: string): void {
    const asked = membersOf(this.#call, ASKED);
    const { id } = (parse(response) ?? {}) as { id?: unknown };
    const isUnwanted = scalarAt(this.#call.raw, asked?.spans.get('store')) === false;
    if (!asked || isUnwanted || typeof id !== 'string') return;
    const input = listOf([writtenItemsOf({ raw: this.#call.raw, members: asked })]).toString();
    this.#memory.save({ id, owner: this.#owner, response, input });
  }

  /** The first bytes of an answer have its id, or none has. */
  #remember(bytes: Buffer): void {
    const provider = stringOf(this.#provider);
    this.#provider = undefined;
    const [, id] = ID.exec(bytes.toString('latin1', 0, BEGINNING)) ?? [];
    if (id !== undefined) this.#memory.madeBy(id, { provider, owner: this.#owner });
  }
}
