import { callArguments } from '../../../../kits/dialect-kit/call-arguments.ts';
import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { needsSignatures } from './models.ts';
import { partsOf } from './parts.ts';
import { cannotSay } from './refuse.ts';
import { signaturesIn, type Signatures } from './signatures.ts';

/**
 * The signature under which the API takes a call of another model, or of none.
 * https://ai.google.dev/gemini-api/docs/thought-signatures
 */
const UNSIGNED = 'skip_thought_signature_validator';

/** The reasoning, text and tool calls of a message, in this order. */
export function modelParts(message: Json, at: string, model: string, members: Members): Json[] {
  const { content, refusal, tool_calls: calls, function_call: called, audio } = message;
  if (isObject(called)) cannotSay(`${at}.function_call`, called);
  if (isObject(audio)) cannotSay(`${at}.audio`, audio);
  const signatures = signaturesIn(message);
  if (signatures.isForeign) members.dropped('messages.reasoning_details');
  // The API takes back only reasoning with its signature.
  if (signatures.thoughts.length === 0 && stringOf(message.reasoning_content) !== '')
    members.dropped('messages.reasoning_content');
  const texts = partsOf(content || refusal, `${at}.content`, members);
  const said = signedTexts(texts, signatures);
  // Pictures by the model are sent back to it.
  const shown = partsOf(message.images, `${at}.images`, members);
  const parts = objectsOf(calls).map((call, nth) =>
    functionCall(call, `${at}.tool_calls[${nth}]`, signatures),
  );
  const [first] = parts;
  if (first && first.thoughtSignature === undefined && needsSignatures(model))
    first.thoughtSignature = UNSIGNED;
  return [...signatures.thoughts, ...said, ...shown, ...parts];
}

/** The signature of the text stands at its last part. */
function signedTexts(texts: Json[], { ofText }: Signatures): Json[] {
  if (ofText === undefined) return texts;
  const last = texts.at(-1) ?? { text: '' };
  return [...texts.slice(0, -1), { ...last, thoughtSignature: ofText }];
}

function functionCall(
  { id, type = 'function', function: called, extra_content: extra }: Json,
  at: string,
  { ofCalls }: Signatures,
): Json {
  if (type !== 'function' || !isObject(called)) return cannotSay(`${at}.type`, type);
  const args = callArguments(called.arguments);
  const google = isObject(extra) && isObject(extra.google) ? extra.google : {};
  const signature = stringOf(google.thought_signature) || ofCalls.get(id);
  return {
    functionCall: { ...(stringOf(id) !== '' && { id }), name: called.name, args },
    ...(signature && { thoughtSignature: signature }),
  };
}
