import { ToolCallsFold } from '../../../../kits/dialect-kit/fold-tool-calls.ts';
import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { chatUsage, isCounted } from '../usage.ts';
import { blockedBecause } from './blocked.ts';
import { Candidate } from './candidate.ts';
import { headOf } from './head.ts';

/** An answer of the Gemini API as the chat.completion that a caller of chat expects. */
export function answer(body: unknown): unknown {
  if (!isObject(body) || !(Array.isArray(body.candidates) || isObject(body.promptFeedback))) return body;
  const candidates = objectsOf(body.candidates);
  const refusal = candidates.length === 0 ? blockedBecause(body) : undefined;
  return {
    ...headOf(body),
    object: 'chat.completion',
    choices: refusal === undefined ? candidates.map(choiceOf) : [blocked(refusal)],
    ...(isCounted(body.usageMetadata) && { usage: chatUsage(body.usageMetadata) }),
  };
}

const blocked = (refusal: string): Json => ({
  index: 0,
  message: { role: 'assistant', content: null, refusal },
  logprobs: null,
  finish_reason: 'content_filter',
});

function choiceOf(candidate: Json, position: number): Json {
  const index = typeof candidate.index === 'number' ? candidate.index : position;
  const choices = new Candidate(index).read(candidate);
  const last = choices.at(-1);
  const logprobs = choices.find((choice) => choice.logprobs !== null)?.logprobs ?? null;
  const message = messageOf(choices.map(({ delta }) => delta as Json));
  return { index, message, logprobs, finish_reason: last?.finish_reason ?? 'stop' };
}

const TEXTS = ['reasoning_content', 'refusal'];
const LISTS = ['reasoning_details', 'annotations', 'images'];

function messageOf(deltas: readonly Json[]): Json {
  const text = (name: string): string => deltas.map((delta) => stringOf(delta[name])).join('');
  const list = (name: string): unknown[] => deltas.flatMap((delta) => objectsOf(delta[name]));
  const calls = new ToolCallsFold();
  for (const { tool_calls: fragments } of deltas) calls.add(objectsOf(fragments));
  const more: Json = {};
  for (const name of TEXTS) if (text(name) !== '') more[name] = text(name);
  for (const name of LISTS) if (list(name).length > 0) more[name] = list(name);
  const audio = deltas.find((delta) => isObject(delta.audio))?.audio;
  if (audio) more.audio = audio;
  const called = calls.result();
  if (called.length > 0) more.tool_calls = called;
  const content = text('content');
  const saysOther = Object.keys(more).some((name) => name !== 'reasoning_details');
  return { role: 'assistant', content: content === '' && saysOther ? null : content, refusal: null, ...more };
}
