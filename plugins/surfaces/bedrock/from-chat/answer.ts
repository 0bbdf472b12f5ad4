import type { Call } from '../../../../core/contracts/index.ts';
import { dataUrl } from '../../../../kits/dialect-kit/data-url.ts';
import { hiddenThought, signedThought } from '../../../../kits/dialect-kit/claude-thought.ts';
import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { required } from '../../../../kits/dialect-kit/required.ts';
import { blocksIn } from '../dialect/judge.ts';
import { finishReason } from '../stop-reasons.ts';
import { chatUsage } from '../usage.ts';
import { annotationsOf } from './annotations.ts';

/** An answer of the Converse API as the chat.completion that a caller of chat expects. */
export function answer(body: unknown, asked?: Call): unknown {
  if (!isObject(body) || !isObject(body.output)) return body;
  return {
    ...required(body),
    object: 'chat.completion',
    model: asked?.model,
    choices: [
      {
        index: 0,
        message: messageOf(blocksIn(body)),
        logprobs: null,
        finish_reason: finishReason(body.stopReason),
      },
    ],
    usage: chatUsage(isObject(body.usage) ? body.usage : {}),
  };
}

function messageOf(blocks: readonly Json[]): Json {
  const text = blocks.map(textOf).join('');
  const reasoning = blocks.map((block) => stringOf(thoughtIn(block)?.text)).join('');
  const thoughts = blocks.flatMap(thoughtOf);
  const calls = blocks.flatMap(({ toolUse }) => (isCall(toolUse) ? [toolCall(toolUse)] : []));
  const images = blocks.flatMap(({ image }) => (isObject(image) ? imagesOf(image) : []));
  const annotations = blocks.flatMap(({ citationsContent: cited }) =>
    isObject(cited) ? annotationsOf(objectsOf(cited.citations)) : [],
  );
  const saysOther = calls.length > 0 || reasoning !== '' || images.length > 0;
  return {
    role: 'assistant',
    content: text === '' && saysOther ? null : text,
    refusal: null,
    ...(reasoning !== '' && { reasoning_content: reasoning }),
    ...(thoughts.length > 0 && { reasoning_details: thoughts }),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(images.length > 0 && { images }),
    ...(annotations.length > 0 && { annotations }),
  };
}

/** The text of a block; what it cites stands beside. */
function textOf({ text, citationsContent: cited }: Json): string {
  if (!isObject(cited)) return stringOf(text);
  return objectsOf(cited.content)
    .map((part) => stringOf(part.text))
    .join('');
}

function thoughtIn({ reasoningContent: thought }: Json): Json | undefined {
  return isObject(thought) && isObject(thought.reasoningText) ? thought.reasoningText : undefined;
}

function thoughtOf(block: Json, index: number): Json[] {
  const { reasoningContent: thought } = block;
  if (isObject(thought) && typeof thought.redactedContent === 'string')
    return [hiddenThought(thought.redactedContent, index)];
  const { text, signature } = thoughtIn(block) ?? {};
  return stringOf(signature) === '' ? [] : [signedThought(stringOf(text), stringOf(signature), index)];
}

/** A call that the provider's own servers answer is none for the caller. */
export const isCall = (use: unknown): use is Json => isObject(use) && use.type !== 'server_tool_use';

const toolCall = ({ toolUseId, name, input }: Json): Json => ({
  id: toolUseId,
  type: 'function',
  function: { name, arguments: JSON.stringify(input ?? {}) },
});

export function imagesOf({ format = 'png', source }: Json): Json[] {
  const bytes = isObject(source) ? stringOf(source.bytes) : '';
  return bytes === ''
    ? []
    : [{ type: 'image_url', image_url: { url: dataUrl(`image/${stringOf(format)}`, bytes) } }];
}
