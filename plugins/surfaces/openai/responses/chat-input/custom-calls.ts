import type { Call, SseEvent } from '../../../../../core/contracts/index.ts';
import {
  isObject,
  objectsOf,
  parseExact,
  stringOf,
  type Json,
} from '../../../../../kits/dialect-kit/json.ts';
import { asNumber } from '../../../../../kits/dialect-kit/as-text.ts';
import { hasEnded } from '../../../../../kits/dialect-kit/finish-reasons.ts';
import { pickMembers } from '../../../../../wire/body/pick-members.ts';
import { CustomInput } from '../to-chat/custom-input.ts';
import { customNames } from './as-response.ts';

/** The names of the custom tools that a request offers. */
export function customsOf(asked: Call | undefined): ReadonlySet<string> {
  const said = asked && parseExact(pickMembers(asked, ['tools']).toString());
  return customNames(isObject(said) ? said.tools : undefined);
}

/** Cursor reads `function.name` of each call, and the bare text of a custom tool as its arguments. */
function asFunction({ custom, ...call }: Json): Json {
  const { name, input } = custom as Json;
  const said = { ...(name !== undefined && { name }), arguments: stringOf(input) };
  return { ...call, ...(call.type !== undefined && { type: 'function' }), function: said };
}

/** A whole answer, in which calls of custom tools are those of functions with the text as arguments. */
export function withTexts(answer: unknown, customs: ReadonlySet<string>): unknown {
  if (!isObject(answer)) return answer;
  for (const { message } of objectsOf(answer.choices)) {
    if (!isObject(message) || !Array.isArray(message.tool_calls)) continue;
    message.tool_calls = objectsOf(message.tool_calls).map((call) => textCall(call, customs));
  }
  return answer;
}

function textCall(call: Json, customs: ReadonlySet<string>): Json {
  if (isObject(call.custom)) return asFunction(call);
  const called = call.function;
  if (!isObject(called) || !customs.has(stringOf(called.name))) return call;
  const input = new CustomInput();
  const begun = input.add(stringOf(called.arguments));
  return { ...call, function: { ...called, arguments: begun + input.rest() } };
}

/** The same for the chunks of a stream. */
export class TextArguments {
  readonly #customs: ReadonlySet<string>;
  /** calls of custom tools under way, by their index */
  readonly #open = new Map<number, CustomInput>();

  constructor(customs: ReadonlySet<string>) {
    this.#customs = customs;
  }

  of(event: SseEvent): SseEvent[] {
    if (this.#open.size === 0 && !event.data.includes('"tool_calls"')) return [event];
    const chunk = parseExact(event.data);
    if (!isObject(chunk)) return [event];
    for (const choice of objectsOf(chunk.choices)) {
      const delta = isObject(choice.delta) ? choice.delta : {};
      const calls = objectsOf(delta.tool_calls).map((call, nth) => this.#call(call, nth));
      if (hasEnded(choice)) calls.push(...this.#rest());
      if (calls.length > 0) choice.delta = { ...delta, tool_calls: calls };
    }
    return [{ ...event, data: JSON.stringify(chunk) }];
  }

  #call(call: Json, nth: number): Json {
    if (isObject(call.custom)) return asFunction(call);
    const called = isObject(call.function) ? call.function : {};
    const index = asNumber(call.index ?? nth);
    if (this.#customs.has(stringOf(called.name)) && !this.#open.has(index))
      this.#open.set(index, new CustomInput());
    const input = this.#open.get(index);
    if (!input) return call;
    return { ...call, function: { ...called, arguments: input.add(stringOf(called.arguments)) } };
  }

  #rest(): Json[] {
    const all = [...this.#open].map(([index, input]) => ({ index, function: { arguments: input.rest() } }));
    this.#open.clear();
    return all.filter((call) => call.function.arguments !== '');
  }
}
