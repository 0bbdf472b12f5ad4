import { randomUUID } from 'node:crypto';
import type { Call, ErrorBody, SseEvent } from '../../../../../core/contracts/index.ts';
import { hasEnded, ownReason } from '../../../../../kits/dialect-kit/finish-reasons.ts';
import { isObject, objectsOf, stringOf, type Json } from '../../../../../kits/dialect-kit/json.ts';
import { OneChoice } from '../../../../../kits/dialect-kit/one-choice.ts';
import { spokenIn, toolCallsOf } from '../../../../../kits/dialect-kit/spoken.ts';
import { deltaOf } from '../../../../../kits/dialect-kit/text-of.ts';
import { failedResponse } from '../../dialects/responses-failure.ts';
import { besideCall } from '../encrypted-reasoning.ts';
import { ownTools } from '../tool-names.ts';
import { responsesUsage } from '../usage.ts';
import { CallItems } from './call-items.ts';
import { echoOf } from './echo.ts';
import { ItemWriter } from './item-writer.ts';
import { logprobsOf, MessageItem } from './message-item.ts';
import { ReasoningItem } from './reasoning-item.ts';

/** Why a response is not complete, by the reason for which a chat ended. */
const INCOMPLETE: Readonly<Record<string, string>> = {
  length: 'max_output_tokens',
  content_filter: 'content_filter',
};

/** Makes a response of the chunks of one chat, event by event; a whole chat is one chunk. */
export class ResponseMaker {
  readonly #writer: ItemWriter;
  readonly #base = randomUUID().replaceAll('-', '');
  readonly #echo: Json;
  readonly #calls: CallItems;
  readonly #one = new OneChoice();
  #head: Json | undefined;
  #item: MessageItem | ReasoningItem | undefined;
  #reason: string | undefined;
  #usage: Json | undefined;
  #isOver = false;

  /** @param asked the request that it answers */
  constructor(asked: Call | undefined, send: (event: Json) => void) {
    this.#echo = echoOf(asked);
    this.#writer = new ItemWriter(this.#base, send);
    this.#calls = new CallItems(this.#writer, ownTools(this.#echo.tools));
  }

  read(chunk: Json): void {
    if (isObject(chunk.usage)) this.#usage = chunk.usage;
    const choices = objectsOf(chunk.choices);
    const choice = this.#one.among(choices);
    if (!choice && (choices.length > 0 || !this.#usage)) return;
    this.#begin(chunk);
    if (choice) this.#readChoice(choice);
  }

  /** @returns the whole response */
  end(): Json {
    this.#begin({});
    this.#endItems();
    const reason = INCOMPLETE[this.#reason ?? ''];
    const status = reason === undefined ? 'completed' : 'incomplete';
    const response = {
      ...this.#response(status),
      ...(reason === undefined ? { completed_at: now() } : { incomplete_details: { reason } }),
      output: this.#writer.output,
      ...this.#counted(),
    };
    if (!this.#isOver) this.#writer.write(`response.${status}`, { response });
    this.#isOver = true;
    return response;
  }

  /** The end of a failed response: unfinished items are no part of it. */
  fail(said: ErrorBody, status: number): SseEvent[] {
    if (this.#isOver) return [];
    this.#isOver = true;
    this.#begin({});
    const response = { ...this.#response('failed'), output: this.#writer.output, ...this.#counted() };
    return failedResponse(said, status, { response, number: this.#writer.number, told: false });
  }

  #begin({ model, created }: Json): void {
    if (this.#head) return;
    this.#head = {
      created_at: typeof created === 'number' ? created : now(),
      ...(typeof model === 'string' && { model }),
    };
    // Its schema has no null there, and strict clients want it: nothing has been counted yet.
    const response = { ...this.#response('in_progress'), output: [], usage: responsesUsage({}) };
    this.#writer.write('response.created', { response });
    this.#writer.write('response.in_progress', { response });
  }

  #response(status: string): Json {
    return {
      id: `resp_${this.#base}`,
      object: 'response',
      status,
      completed_at: null,
      error: null,
      incomplete_details: null,
      ...this.#echo,
      ...this.#head,
    };
  }

  #counted(): Json {
    return this.#usage ? { usage: responsesUsage(this.#usage) } : {};
  }

  #readChoice(choice: Json): void {
    const delta = deltaOf(choice);
    const { reasoning, text } = spokenIn({ ...delta, refusal: undefined });
    if (reasoning !== '') this.#reasoning().think(reasoning);
    const details = objectsOf(delta.reasoning_details);
    if (details.length > 0) this.#reasoning().sign(details);
    if (text !== '') this.#message().speak('output_text', text, logprobsOf(choice.logprobs));
    const refusal = stringOf(delta.refusal);
    if (refusal !== '') this.#message().speak('refusal', refusal);
    if (Array.isArray(delta.annotations) && delta.annotations.length > 0)
      this.#message().annotate(delta.annotations);
    for (const call of toolCallsOf(delta)) {
      if (isObject(call.extra_content)) this.#reasoning().sign([besideCall(call)]);
      if (isObject(call.function) && stringOf(call.function.name) !== '') this.#endItem('completed');
      this.#calls.add(call);
    }
    if (!hasEnded(choice)) return;
    this.#reason = ownReason(stringOf(choice.finish_reason));
    this.#endItems();
  }

  #reasoning(): ReasoningItem {
    if (this.#item instanceof ReasoningItem) return this.#item;
    this.#endItem('completed');
    const { summary, generate_summary: old } = this.#echo.reasoning as Json;
    const item = new ReasoningItem(this.#writer, Boolean(summary ?? old));
    this.#item = item;
    return item;
  }

  #message(): MessageItem {
    if (this.#item instanceof MessageItem) return this.#item;
    this.#endItem('completed');
    const item = new MessageItem(this.#writer);
    this.#item = item;
    return item;
  }

  #endItem(status: string): void {
    this.#item?.end(status);
    this.#item = undefined;
  }

  #endItems(): void {
    const status = INCOMPLETE[this.#reason ?? ''] === undefined ? 'completed' : 'incomplete';
    // An answer without text becomes an empty message.
    if (this.#writer.isEmpty) this.#message();
    this.#endItem(status);
    this.#calls.end(status);
  }
}

const now = (): number => Math.floor(Date.now() / 1000);
