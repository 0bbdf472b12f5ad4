import { dataUrl } from '../../../../../kits/dialect-kit/data-url.ts';
import { isObject, objectsOf, stringOf, type Json } from '../../../../../kits/dialect-kit/json.ts';

/**
 * A message of a chat with blocks of Anthropic's API in it, as messages of chat.
 * @param customs names of custom tools, whose calls come back as those of functions with the text as arguments
 */
export function messagesOf(message: Json, customs: ReadonlySet<string>, lowers: boolean): Json[] {
  const { role, content } = message;
  const blocks = objectsOf(content);
  if (role === 'assistant') {
    const said = Array.isArray(message.tool_calls) ? objectsOf(message.tool_calls) : [];
    const calls = [...said, ...blocks.flatMap(callOf)].map((call) => customCall(call, customs, lowers));
    const parts = blocks.filter(({ type }) => type === 'text');
    const kept = Array.isArray(content) ? (parts.length > 0 ? parts : null) : content;
    return [{ ...message, content: kept, ...(calls.length > 0 && { tool_calls: calls }) }];
  }
  if (role !== 'user' || !Array.isArray(content)) return [message];
  const results = blocks.filter(({ type }) => type === 'tool_result');
  const rest = content.filter((part: unknown) => !isObject(part) || part.type !== 'tool_result').map(partOf);
  const shown = results.flatMap(({ content: result }) => objectsOf(result).filter(isImage).map(partOf));
  const parts = [...shown, ...rest];
  return [...results.map(resultOf), ...(parts.length > 0 ? [{ ...message, content: parts }] : [])];
}

const isImage = ({ type }: Json): boolean => type === 'image' || type === 'image_url';

function callOf({ type, id, name, input }: Json): Json[] {
  if (type !== 'tool_use') return [];
  return [{ id, type: 'function', function: { name, arguments: JSON.stringify(input ?? {}) } }];
}

function customCall(call: Json, customs: ReadonlySet<string>, lowers: boolean): Json {
  const { function: called, custom, ...rest } = call;
  const own = isObject(called) ? called : isObject(custom) ? custom : {};
  const name = stringOf(own.name);
  if (!customs.has(name)) return call;
  const input = stringOf(own.input ?? own.arguments);
  return lowers
    ? { ...rest, type: 'function', function: { name, arguments: JSON.stringify({ input }) } }
    : { ...rest, type: 'custom', custom: { name, input } };
}

function resultOf({ tool_use_id: id, content, is_error: failed }: Json): Json {
  const text = Array.isArray(content)
    ? objectsOf(content)
        .map((part) => stringOf(part.text))
        .filter((one) => one !== '')
        .join('\n\n')
    : stringOf(content);
  return { role: 'tool', tool_call_id: id, content: failed === true ? `Error: ${text}` : text };
}

function partOf(part: unknown): unknown {
  if (!isObject(part) || part.type !== 'image' || !isObject(part.source)) return part;
  const { type, media_type: media, data, url } = part.source;
  const at = type === 'base64' ? dataUrl(stringOf(media), stringOf(data)) : url;
  return { type: 'image_url', image_url: { url: at } };
}
