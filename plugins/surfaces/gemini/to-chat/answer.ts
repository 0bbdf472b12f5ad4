import { ownReason } from '../../../../kits/dialect-kit/finish-reasons.ts';
import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { deltaOf } from '../../../../kits/dialect-kit/text-of.ts';
import { spokenIn } from '../../../../kits/dialect-kit/spoken.ts';
import { textBytes, tokensOf } from '../../../../wire/estimate-tokens.ts';
import { geminiReason } from '../finish-reasons.ts';
import { geminiUsage } from '../usage.ts';
import { groundingOf, logprobsOf } from './beside.ts';
import { headOf } from './head.ts';
import { callParts, saidParts, Signatures } from './said-parts.ts';

/** A chat.completion as the answer that a caller of the Gemini API expects. */
export function answer(body: unknown): unknown {
  if (!isObject(body) || !Array.isArray(body.choices)) return body;
  const candidates = objectsOf(body.choices).map(candidateOf);
  const usage = isObject(body.usage) ? geminiUsage(body.usage) : estimatedUsage(textBytes(candidates));
  return { candidates, usageMetadata: usage, ...headOf(body) };
}

/** @param bytes of the answer's texts */
export const estimatedUsage = (bytes: number): Json => ({
  candidatesTokenCount: tokensOf(bytes),
  totalTokenCount: tokensOf(bytes),
  estimated: true,
});

function candidateOf(choice: Json, position: number): Json {
  const message = deltaOf(choice);
  const isCut = ownReason(stringOf(choice.finish_reason)) === 'length';
  const signatures = new Signatures();
  const parts = [...saidParts(message, signatures), ...callParts(message, signatures, isCut)];
  const rest = signatures.take();
  if (parts.length === 0 || Object.keys(rest).length > 0) parts.push({ text: '', ...rest });
  return {
    content: { role: 'model', parts },
    finishReason: endOf(choice, stringOf(message.refusal) !== ''),
    index: typeof choice.index === 'number' ? choice.index : position,
    ...groundingOf(message.annotations, spokenIn(message).text),
    ...logprobsOf(choice.logprobs),
  };
}

/** The finish reason. @param refused the answer is a refusal of the model */
export const endOf = ({ finish_reason: reason }: Json, refused: boolean): string =>
  refused ? 'SAFETY' : geminiReason(reason);
