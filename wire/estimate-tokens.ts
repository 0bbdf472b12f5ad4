import type { Usage } from '../core/contracts/index.ts';

/** Average bytes per token of a text that a model reads or writes. */
const BYTES_OF_TOKEN = 4;
/** Members that describe a text and have none. */
const NO_TEXT = new Set([
  'id',
  'object',
  'type',
  'model',
  'role',
  'finish_reason',
  'finishReason',
  'status',
  'system_fingerprint',
  'logprobs',
  'obfuscation',
  'thoughtSignature',
  'inlineData',
]);
const BASE64 = Buffer.from(';base64,');
const OWN_BASE64 = ['"base64"', '"inlineData"', '"inline_data"'].map((name) => Buffer.from(name));
const DATA = Buffer.from('"data"');
/** bytes: what is shorter may be a text */
const SHORTEST_PICTURE = 200;
/** Most pictures that are subtracted from a body, so that no body takes long. */
const MOST_PICTURES = 1_000;
const QUOTE = 0x22;

/**
 * Estimated tokens of an answer without usage, from the bytes of its request and its text.
 * @param counted tokens of the prompt, where they are known
 */
export function estimated(asked: Buffer, completion: number, counted = 0): Usage {
  const prompt = counted || tokensOf(asked.length - pictureBytes(asked));
  return { prompt, completion, total: prompt + completion, estimated: true };
}

export const tokensOf = (bytes: number): number => Math.ceil(bytes / BYTES_OF_TOKEN);

/** Bytes of all texts in a value of an answer, whatever their members are called. */
export function textBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value !== 'object' || value === null) return 0;
  let bytes = 0;
  if (Array.isArray(value)) for (const member of value) bytes += textBytes(member);
  else
    for (const name in value)
      if (!NO_TEXT.has(name)) bytes += textBytes((value as Record<string, unknown>)[name]);
  return bytes;
}

/** Chat writes a picture as a URL, messages as `{type: 'base64', data}`, and Gemini as `inlineData: {data}`. */
const pictureBytes = (body: Buffer): number =>
  bytesBehind(body, BASE64, 0) +
  (OWN_BASE64.some((name) => body.includes(name)) ? bytesBehind(body, DATA, SHORTEST_PICTURE) : 0);

/** Bytes from each such beginning to the end of its text, where they are enough. */
function bytesBehind(body: Buffer, beginning: Buffer, least: number): number {
  let bytes = 0;
  let at = body.indexOf(beginning);
  for (let count = 0; at !== -1 && count < MOST_PICTURES; count++) {
    // Behind a member's name its value's own quote comes first.
    const from = beginning === DATA ? body.indexOf(QUOTE, at + beginning.length) + 1 : at + beginning.length;
    const end = body.indexOf(QUOTE, from);
    if (end === -1) break;
    if (end - at >= least) bytes += end - at;
    at = body.indexOf(beginning, end);
  }
  return bytes;
}

/**
 * Counts a stream's tokens from events that were parsed, and from others of which only the number and the bytes are
 * known: one token per event, as nearly all servers send them, or more where their texts are long.
 */
export class StreamEstimate {
  #deltas = 0;
  #bytes = 0;
  /** fewest bytes of an event beside its text */
  #around = Infinity;

  /** @param data an event's, whose members hold the text */
  read(data: string, parts: unknown): void {
    const text = textBytes(parts);
    if (text === 0) return;
    this.#deltas += 1;
    this.#bytes += text;
    this.#around = Math.min(this.#around, Buffer.byteLength(data) - text);
  }

  passed(events: number, bytes: number): void {
    this.#deltas += events;
    this.#bytes += Math.max(0, bytes - events * this.#around);
  }

  get tokens(): number {
    return Math.max(this.#deltas, tokensOf(this.#bytes));
  }
}
