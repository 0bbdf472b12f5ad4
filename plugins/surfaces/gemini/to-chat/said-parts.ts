import { base64In } from '../../../../kits/dialect-kit/data-url.ts';
import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { argumentsIn, spokenIn, toolCallsOf } from '../../../../kits/dialect-kit/spoken.ts';
import { GOOGLE } from '../from-chat/signatures.ts';
import { wrapped } from './wrapped-signature.ts';

/** Signatures stand at the part after the reasoning: clients of this API keep that part. */
export class Signatures {
  #own = '';
  readonly #foreign: Json[] = [];

  add(details: unknown): void {
    for (const detail of objectsOf(details)) {
      const signature = stringOf(detail.data) || stringOf(detail.signature);
      if (signature === '') continue;
      if (detail.format === GOOGLE) this.#own = signature;
      else this.#foreign.push(detail);
    }
  }

  /** The signature for the next part; {}: there is none. */
  take(): Json {
    const foreign = this.#foreign.splice(0);
    const signature = this.#own || (foreign.length > 0 ? wrapped(foreign) : '');
    this.#own = '';
    return signature === '' ? {} : { thoughtSignature: signature };
  }
}

/** The text, reasoning and pictures of a message or delta of chat, as parts. */
export function saidParts(message: Json, signatures: Signatures): Json[] {
  const { reasoning, text } = spokenIn(message);
  signatures.add(message.reasoning_details);
  return [
    ...(reasoning === '' ? [] : [{ text: reasoning, thought: true }]),
    ...(text === '' ? [] : [{ text, ...signatures.take() }]),
    ...objectsOf(message.images).map(mediaPart),
  ];
}

function mediaPart({ image_url: image }: Json): Json {
  const url = stringOf(isObject(image) ? image.url : image);
  const found = base64In(url);
  return found
    ? { inlineData: { mimeType: found.type, data: found.data } }
    : { fileData: { mimeType: 'image/png', fileUri: url } };
}

/** The tool calls of a whole message. @param isCut the answer ran out of tokens, so the last call may be incomplete */
export const callParts = (message: Json, signatures: Signatures, isCut: boolean): Json[] =>
  toolCallsOf(message).map((call) => callPart(call, signatures, isCut));

export function callPart(call: Json, signatures: Signatures, isCut: boolean): Json {
  const { name, arguments: text } = isObject(call.function) ? call.function : {};
  const google =
    isObject(call.extra_content) && isObject(call.extra_content.google) ? call.extra_content.google : {};
  const id = stringOf(call.id);
  const own = stringOf(google.thought_signature);
  return {
    functionCall: { ...(id !== '' && { id }), name, args: argumentsIn(text, name, isCut) },
    ...(own === '' ? signatures.take() : { thoughtSignature: own }),
  };
}
