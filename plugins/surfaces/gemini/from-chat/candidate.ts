import { dataUrl } from '../../../../kits/dialect-kit/data-url.ts';
import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { fenced } from '../fenced.ts';
import { chatReason } from '../finish-reasons.ts';
import { annotationsOf } from './annotations.ts';
import { FunctionCalls } from './function-calls.ts';
import { logprobsOf } from './logprobs.ts';
import { signedText, signedThought } from './signatures.ts';

/** Makes one candidate, whole or in pieces, into the choices of a chat's chunks. */
export class Candidate {
  readonly #index: number;
  readonly #calls = new FunctionCalls();
  #text = '';
  /** signatures so far */
  #signed = 0;

  constructor(index: number) {
    this.#index = index;
  }

  read({ content, finishReason, finishMessage, ...more }: Json): Json[] {
    const parts = isObject(content) ? objectsOf(content.parts) : [];
    const deltas = parts.flatMap((part) => this.#deltas(part));
    const annotations = annotationsOf(more, this.#text);
    if (annotations.length > 0) deltas.push({ annotations });
    const choices: Json[] = deltas.map((delta) => this.#choice(delta));
    const logprobs = logprobsOf(more.logprobsResult);
    if (logprobs) (choices[0] ??= this.#choice({})).logprobs = logprobs;
    return typeof finishReason === 'string'
      ? [...choices, ...this.#ended(finishReason, finishMessage)]
      : choices;
  }

  #ended(reason: string, message: unknown): Json[] {
    const rest = this.#calls.end();
    const why = chatReason(reason, this.#calls.any);
    const refusal = why === 'content_filter' && this.#text === '' ? stringOf(message) : '';
    return [
      ...(rest.length > 0 ? [this.#choice({ tool_calls: rest })] : []),
      ...(refusal === '' ? [] : [this.#choice({ refusal })]),
      { ...this.#choice({}), finish_reason: why },
    ];
  }

  #deltas(part: Json): Json[] {
    if (isObject(part.functionCall)) {
      const fragments = this.#calls.add(part);
      return fragments.length > 0 ? [{ tool_calls: fragments }] : [];
    }
    const delta = this.#said(part);
    const signature = stringOf(part.thoughtSignature);
    if (signature === '') return delta ? [delta] : [];
    const details =
      part.thought === true
        ? signedThought(stringOf(part.text), signature, this.#signed)
        : signedText(signature, this.#signed);
    this.#signed += 1;
    return [...(delta ? [delta] : []), { reasoning_details: [details] }];
  }

  #said({
    text,
    thought,
    inlineData,
    fileData,
    executableCode,
    codeExecutionResult,
  }: Json): Json | undefined {
    if (typeof text === 'string' && thought === true)
      return text === '' ? undefined : { reasoning_content: text };
    if (typeof text === 'string') return this.#speak(text);
    if (isObject(inlineData)) return mediaDelta(inlineData);
    if (isObject(fileData)) return { images: [imageAt(fileData.fileUri)] };
    if (isObject(executableCode))
      return this.#speak(fenced(stringOf(executableCode.language).toLowerCase(), executableCode.code));
    if (isObject(codeExecutionResult)) return this.#speak(fenced('', codeExecutionResult.output));
    return undefined;
  }

  #speak(text: string): Json | undefined {
    this.#text += text;
    return text === '' ? undefined : { content: text };
  }

  #choice(delta: Json): Json {
    return { index: this.#index, delta, logprobs: null, finish_reason: null };
  }
}

const imageAt = (url: unknown): Json => ({ type: 'image_url', image_url: { url } });

function mediaDelta({ mimeType, data }: Json): Json {
  if (!stringOf(mimeType).startsWith('audio/')) return { images: [imageAt(dataUrl(mimeType, data))] };
  return { audio: { id: 'audio', data, transcript: '', expires_at: 0 } };
}
