import type { Call } from '../../../../../core/contracts/index.ts';
import { isObject, objectsOf, stringOf, type Json } from '../../../../../kits/dialect-kit/json.ts';
import { dataUrl } from '../../../../../kits/dialect-kit/data-url.ts';
import { required } from '../../../../../kits/dialect-kit/required.ts';
import { detailsOf, textsOf } from '../reasoning-details.ts';
import { chatUsage } from '../usage.ts';
import { rowOf } from '../../../../../wire/row-of.ts';

/** The finish reason of chat for each reason of an incomplete response. */
const REASONS: Readonly<Record<string, string>> = {
  max_output_tokens: 'length',
  content_filter: 'content_filter',
};

/** A response as the chat.completion that a caller of chat expects. */
export function answer(body: unknown, asked?: Call): unknown {
  if (!isObject(body) || !Array.isArray(body.output)) return body;
  const { id, created_at: created, model, usage, service_tier: tier } = body;
  const items = objectsOf(body.output);
  const message = messageOf(items);
  const logprobs = items.flatMap(partsOf).flatMap((part) => objectsOf(part.logprobs));
  const choice = {
    index: 0,
    message,
    logprobs: logprobs.length > 0 ? { content: logprobs, refusal: null } : null,
    finish_reason: finishReason(body, message.tool_calls !== undefined),
  };
  return {
    ...required({ id, created }),
    object: 'chat.completion',
    model: model ?? asked?.model,
    choices: [choice],
    ...(isObject(usage) && { usage: chatUsage(usage) }),
    ...(typeof tier === 'string' && { service_tier: tier }),
  };
}

/** The reason for which a chat would have ended. */
export function finishReason({ incomplete_details: details }: Json, calls: boolean): string {
  const reason = isObject(details) ? rowOf(REASONS, stringOf(details.reason)) : undefined;
  return reason ?? (calls ? 'tool_calls' : 'stop');
}

export const partsOf = ({ type, content }: Json): Json[] => (type === 'message' ? objectsOf(content) : []);

function messageOf(items: readonly Json[]): Json {
  const parts = items.flatMap(partsOf);
  const text = parts.map((part) => stringOf(part.text)).join('');
  const refusal = parts.map((part) => stringOf(part.refusal)).join('');
  const reasoning = items.map(reasoningIn).filter((one) => one !== '');
  const details = items.filter(({ type }) => type === 'reasoning').flatMap(detailsOf);
  const calls = items.flatMap(toolCall);
  const annotations = parts.flatMap((part) => objectsOf(part.annotations)).flatMap(annotation);
  const images = items.flatMap(imageOf);
  return {
    role: 'assistant',
    content: text === '' && (calls.length > 0 || refusal !== '' || reasoning.length > 0) ? null : text,
    refusal: refusal || null,
    ...(reasoning.length > 0 && { reasoning_content: reasoning.join('\n\n') }),
    ...(details.length > 0 && { reasoning_details: details }),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(annotations.length > 0 && { annotations }),
    ...(images.length > 0 && { images }),
  };
}

/** The reasoning text where there is one, else its summary. */
export const reasoningIn = ({ type, content, summary }: Json): string =>
  type === 'reasoning' ? textsOf(content) || textsOf(summary) : '';

export function toolCall({ type, call_id: id, name, arguments: args, input }: Json): Json[] {
  if (type === 'function_call')
    return [{ id, type: 'function', function: { name, arguments: stringOf(args) || '{}' } }];
  return type === 'custom_tool_call'
    ? [{ id, type: 'custom', custom: { name, input: stringOf(input) } }]
    : [];
}

/** A citation stands one level deeper in chat. */
export const annotation = ({ type, ...cited }: Json): Json[] =>
  type === 'url_citation' ? [{ type, url_citation: cited }] : [];

export const imageOf = ({ type, result, output_format: format }: Json): Json[] =>
  type === 'image_generation_call' && typeof result === 'string'
    ? [{ type: 'image_url', image_url: { url: dataUrl(`image/${stringOf(format) || 'png'}`, result) } }]
    : [];
