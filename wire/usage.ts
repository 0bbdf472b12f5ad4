import type { Attempt, Call, Usage } from '../core/contracts/index.ts';
import { estimated } from './estimate-tokens.ts';

/** Each count has a name that ends so; `"usage":null` has none. */
const COUNT = Buffer.from('_tokens"');

/**
 * Remembers the last pieces of an answer that may say its usage, whatever comes after them: comments, `[DONE]`, a break.
 */
export class UsageWatch {
  #last: Buffer | undefined;
  #before: Buffer | undefined;

  /** @returns whether it may say any */
  saw(piece: Buffer): boolean {
    if (piece.indexOf(COUNT) === -1) return false;
    this.#before = this.#last;
    this.#last = piece;
    return true;
  }

  /**
   * What the answer said; else, of a stream that has begun, an estimate: it was cut or left, or its server never counts.
   * Some count when they begin, and again only at an end that may not come.
   */
  usageOf(
    call: Call,
    { outcome, firstContent }: Attempt,
    receiver: { readonly tokens?: number | undefined } | undefined,
  ): Usage | undefined {
    const { usage } = this;
    if (!call.stream || firstContent === undefined || (usage && outcome === 'answered')) return usage;
    const tokens = receiver?.tokens;
    if (tokens === undefined || (usage && tokens <= 2 * usage.completion)) return usage;
    return estimated(call.raw, tokens, usage?.prompt);
  }

  get usage(): Usage | undefined {
    const last = this.#last && usageIn(this.#last);
    if (last && last.prompt > 0) return last;
    const before = this.#before && usageIn(this.#before);
    return last ? withPrompt(last, before) : before;
  }
}

const NAME = '"usage"';
/** Nearly always it stands in so many bytes at the end; where an answer is longer, it is looked for in no more than that. */
const NEAR = 1_024;
const FAR = 64 * 1_024;
const PROMPT = /"(?:prompt|input)_tokens"\s*:\s*(\d+)/;
const COMPLETION = /"(?:completion|output)_tokens"\s*:\s*(\d+)/;
const TOTAL = /"total_tokens"\s*:\s*(\d+)/;
const OBJECT = /^\s*:\s*\{/;

/**
 * The last usage that is said in these bytes, in the words of any of OpenAI's APIs; undefined: none is. Answers are not
 * parsed for it: in a text inside JSON the name cannot stand like this, for its quotes would be escaped.
 */
export function usageIn(bytes: Buffer): Usage | undefined {
  const near = usageAtEnd(bytes, NEAR);
  return (near && near.prompt > 0) || bytes.length <= NEAR ? near : usageAtEnd(bytes, FAR);
}

function usageAtEnd(bytes: Buffer, length: number): Usage | undefined {
  // One character a byte: only what is ASCII is looked for.
  const text = bytes.toString('latin1', Math.max(0, bytes.length - length));
  let last: Usage | undefined;
  for (let at = text.lastIndexOf(NAME); at >= 0; at = at === 0 ? -1 : text.lastIndexOf(NAME, at - 1)) {
    const said = text.slice(at + NAME.length);
    const usage = OBJECT.test(said) ? usageOf(said) : undefined;
    last = last ? withPrompt(last, usage) : usage;
    if (last && last.prompt > 0) return last;
  }
  return last;
}

/** Anthropic's API counts the prompt in a stream's first event, and the answer in its last. */
function withPrompt(usage: Usage, { prompt = 0 }: Partial<Usage> = {}): Usage {
  return prompt === 0 ? usage : { ...usage, prompt, total: Math.max(usage.total, prompt + usage.completion) };
}

function usageOf(said: string): Usage | undefined {
  const prompt = count(PROMPT, said);
  const completion = count(COMPLETION, said);
  const total = count(TOTAL, said);
  if (prompt === undefined && completion === undefined && total === undefined) return undefined;
  const sum = (prompt ?? 0) + (completion ?? 0);
  return { prompt: prompt ?? 0, completion: completion ?? 0, total: total ?? sum };
}

function count(name: RegExp, said: string): number | undefined {
  const found = name.exec(said);
  return found ? Number(found[1]) : undefined;
}
