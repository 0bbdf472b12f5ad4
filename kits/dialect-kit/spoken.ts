import { GatewayError } from '../../core/errors.ts';
import { isObject, objectsOf, parseExact, stringOf, type Json } from './json.ts';
import { partsOf } from './text-of.ts';

/** Vendors write reasoning beside the content under several names, or as parts of it. */
export function spokenIn(message: Json): { readonly reasoning: string; readonly text: string } {
  const { text, reasoning } = partsOf(message.content);
  const { thinking } = message;
  const beside =
    stringOf(message.reasoning_content) ||
    stringOf(message.reasoning) ||
    stringOf(isObject(thinking) ? thinking.content : thinking);
  return { reasoning: beside || reasoning, text: text + stringOf(message.refusal) };
}

/** Tool calls, or the one function call of the older format. */
export function toolCallsOf({ tool_calls: calls, function_call: called }: Json): Json[] {
  const all = objectsOf(calls);
  return all.length === 0 && isObject(called) ? [{ function: called }] : all;
}

/** A call that no caller could make. */
export const namelessCall = (): GatewayError =>
  new GatewayError('upstream_malformed', 'a tool is called that has no name');

/** The arguments of a call. @throws GatewayError `upstream_malformed` where that is no object */
export function argumentsIn(text: unknown, name: unknown, isCut: boolean): unknown {
  if (isObject(text)) return text;
  const input = stringOf(text).trim() === '' ? {} : parseExact(stringOf(text));
  if (isObject(input)) return input;
  // The last call of an answer that ran out of tokens may be incomplete: the finish reason shows that.
  if (isCut) return {};
  const shown = stringOf(text).slice(0, 100);
  throw new GatewayError(
    'upstream_malformed',
    `the arguments of the tool '${stringOf(name)}' are no JSON object: ${shown}`,
  );
}
