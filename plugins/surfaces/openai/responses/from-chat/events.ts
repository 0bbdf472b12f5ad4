import type { Call, SseEvent } from '../../../../../core/contracts/index.ts';
import { ChatChunks } from '../../../../../kits/dialect-kit/chat-chunks.ts';
import {
  isObject,
  objectsOf,
  parseExact,
  stringOf,
  type Json,
} from '../../../../../kits/dialect-kit/json.ts';
import { detailsOf } from '../reasoning-details.ts';
import { chatUsage } from '../usage.ts';
import { annotation, finishReason, imageOf, partsOf, reasoningIn, toolCall } from './answer.ts';
import { asNumber } from '../../../../../kits/dialect-kit/as-text.ts';

/** An item under way. */
interface Item {
  readonly index: unknown;
  /** Some servers give an item another id in each event, others leave out its index. */
  readonly ids: Set<unknown>;
  /** number of the tool call, from 0; undefined: it is none, or has not been named */
  call: number | undefined;
  /** the part of its text, reasoning or arguments that was sent */
  told: string;
  /** the last part of the reasoning that was sent */
  part: unknown;
  isDone: boolean;
}

/** Makes the events of one response into the chunks of a chat. */
export class ChatEvents {
  readonly #chunks: ChatChunks;
  readonly #model: unknown;
  readonly #items: Item[] = [];
  #calls = 0;
  #hasBegun = false;
  #hasThought = false;

  constructor(asked: Call | undefined) {
    this.#chunks = new ChatChunks(asked);
    this.#model = asked?.model;
  }

  of({ event, data }: SseEvent): SseEvent[] {
    const body = parseExact(data);
    if (isObject(body)) this.#read(stringOf(body.type) || event, body);
    return this.#chunks.take();
  }

  #read(type: string, body: Json): void {
    if (isObject(body.response)) this.#begin(body.response);
    switch (type) {
      case 'response.output_item.added':
        return void this.#item(body);
      case 'response.output_text.delta':
        return this.#speak(body, { content: body.delta }, body.logprobs);
      case 'response.refusal.delta':
        return this.#speak(body, { refusal: body.delta });
      case 'response.reasoning_text.delta':
        return this.#think(body, body.content_index);
      case 'response.reasoning_summary_text.delta':
        return this.#think(body, body.summary_index);
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        return this.#argue(this.#item(body), type, body.delta);
      case 'response.output_text.annotation.added':
        return this.#annotate(objectsOf([body.annotation]).flatMap(annotation));
      case 'response.output_item.done':
        return this.#close(this.#item(body), body.item);
      case 'response.completed':
      case 'response.incomplete':
        return this.#end(isObject(body.response) ? body.response : {});
    }
  }

  #begin({ id, created_at: created, model }: Json): void {
    this.#chunks.begin({ id, created, model: model ?? this.#model });
  }

  #item({ output_index: index, item_id, item: given }: Json): Item {
    const id = isObject(given) ? given.id : item_id;
    const item = this.#found(index, id) ?? this.#added(index);
    if (id !== undefined) item.ids.add(id);
    const [call] = isObject(given) && item.call === undefined ? toolCall(given) : [];
    if (!call) return item;
    item.call = this.#calls++;
    const named = call.function
      ? { function: { ...(call.function as Json), arguments: '' } }
      : { custom: { ...(call.custom as Json), input: '' } };
    this.#delta({ tool_calls: [{ index: item.call, ...call, ...named }] });
    return item;
  }

  #found(index: unknown, id: unknown): Item | undefined {
    return this.#items.find((one) => (index === undefined ? one.ids.has(id) : one.index === index));
  }

  #added(index: unknown): Item {
    const item = { index, ids: new Set(), call: undefined, told: '', part: undefined, isDone: false };
    this.#items.push(item);
    return item;
  }

  #speak(at: Json, said: Json, logprobs?: unknown): void {
    const text = said.content ?? said.refusal;
    if (typeof text !== 'string' || text === '') return;
    this.#item(at).told += text;
    const tokens = objectsOf(logprobs).map((one) => ({ bytes: null, ...one }));
    this.#delta(said, tokens.length > 0 ? { content: tokens, refusal: null } : null);
  }

  /** Parts of the reasoning are separated by an empty line, as in a whole answer. */
  #think(at: Json, part: unknown): void {
    const item = this.#item(at);
    const { delta } = at;
    if (typeof delta !== 'string' || delta === '') return;
    const isNext = this.#hasThought && (item.told === '' || item.part !== part);
    this.#hasThought = true;
    const text = isNext ? `\n\n${delta}` : delta;
    item.told += item.told === '' ? delta : text;
    item.part = part;
    this.#delta({ reasoning_content: text });
  }

  #argue(item: Item, type: string, delta: unknown): void {
    if (typeof delta !== 'string' || delta === '' || item.call === undefined) return;
    item.told += delta;
    const piece = type.includes('custom') ? { custom: { input: delta } } : { function: { arguments: delta } };
    this.#delta({ tool_calls: [{ index: item.call, ...piece }] });
  }

  #annotate(annotations: Json[]): void {
    if (annotations.length > 0) this.#delta({ annotations });
  }

  /** Some servers leave events out: sends the rest of a complete item. */
  #close(item: Item, given: unknown): void {
    if (!isObject(given) || item.isDone) return;
    item.isDone = true;
    const at = { output_index: item.index, item_id: given.id };
    const rest = (whole: string): string =>
      whole.startsWith(item.told) ? whole.slice(item.told.length) : '';
    this.#think({ ...at, delta: rest(reasoningIn(given)) }, item.part);
    const parts = partsOf(given);
    const text = textIn(parts, 'text');
    if (text !== '') this.#speak(at, { content: rest(text) });
    else this.#speak(at, { refusal: rest(textIn(parts, 'refusal')) });
    const [call] = toolCall(given);
    if (call) this.#argue(item, stringOf(given.type), rest(argumentsOf(call)));
    const details = given.type === 'reasoning' ? detailsOf(given, asNumber(item.index ?? 0)) : [];
    if (details.length > 0) this.#delta({ reasoning_details: details });
    const images = imageOf(given);
    if (images.length > 0) this.#delta({ images });
  }

  #end(response: Json): void {
    for (const [index, item] of objectsOf(response.output).entries()) {
      const at = { output_index: index, item };
      this.#close(this.#items.find(({ ids }) => ids.has(item.id)) ?? this.#item(at), item);
    }
    this.#begin({});
    this.#chunks.finish(finishReason(response, this.#calls > 0), 0, this.#first({}));
    if (isObject(response.usage)) this.#chunks.usage(chatUsage(response.usage));
    this.#chunks.done();
  }

  #delta(delta: Json, logprobs: unknown = null): void {
    this.#begin({});
    this.#chunks.delta(this.#first(delta), logprobs);
  }

  /** The first delta has the role. */
  #first(delta: Json): Json {
    if (this.#hasBegun) return delta;
    this.#hasBegun = true;
    return { role: 'assistant', content: '', ...delta };
  }
}

const textIn = (parts: readonly Json[], member: string): string =>
  parts.map((part) => stringOf(part[member])).join('');

const argumentsOf = ({ function: called, custom }: Json): string =>
  isObject(called) ? stringOf(called.arguments) : stringOf((custom as Json).input);
