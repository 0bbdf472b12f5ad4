import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { asNumber } from '../../../../kits/dialect-kit/as-text.ts';

/** Whether a line, or a whole answer, of `/api/chat` or `/api/generate` carries content. */
export function lineCarries(line: Json): boolean {
  const { message, response, thinking, tool_calls: calls } = line;
  return saysSomething(isObject(message) ? message : { content: response, thinking, tool_calls: calls });
}

const saysSomething = ({ content, thinking, tool_calls: calls }: Json): boolean =>
  stringOf(content) !== '' || stringOf(thinking) !== '' || objectsOf(calls).length > 0;

/** An empty answer is explained by any reason but the usual one, and by tokens that were counted. */
export function explainsEnd({ done_reason: reason, eval_count: tokens }: Json): boolean {
  const said = stringOf(reason);
  return (said !== '' && said !== 'stop') || asNumber(tokens) > 0;
}
