import type { Attempt, Call, Dialect, Usage } from '../core/contracts/index.ts';
import { estimated } from './estimate-tokens.ts';
import { shortText } from './short-text.ts';

/** The name of each count ends with this in most APIs; `"usage":null` has none. */
const COUNT = '_tokens"';

/**
 * Keeps the last pieces of an answer that may contain its usage, whatever follows them: comments, `[DONE]`, a break.
 */
export class UsageWatch {
  readonly #mark: string;
  readonly #addsUp: boolean;
  #sum: Usage | undefined;
  #last: Buffer | undefined;
  #before: Buffer | undefined;

  constructor({ counts = COUNT, addsUpUsage = false }: Pick<Dialect, 'counts' | 'addsUpUsage'>) {
    this.#mark = counts;
    this.#addsUp = addsUpUsage;
  }

  /** All of an answer at once. */
  readWhole(body: Buffer): void {
    this.read(body, shortText(body));
  }

  /** @param text the same as Latin-1, where it is there already @returns whether it may contain usage */
  read(piece: Buffer, text?: string): boolean {
    if (!(text === undefined ? piece.includes(this.#mark) : text.includes(this.#mark))) return false;
    if (this.#addsUp) {
      this.#sum = added(this.#sum, usageIn(piece));
      return true;
    }
    this.#before = this.#last;
    this.#last = piece;
    return true;
  }

  /**
   * The usage in the answer; for a stream that has begun and has none, an estimate: it was cut or aborted, or its server
   * never counts. Some servers count at the start, and again only at an end that may not come.
   */
  usageOf(
    call: Call,
    { outcome, firstContentUs }: Attempt,
    receiver: { readonly tokens?: number | undefined } | undefined,
  ): Usage | undefined {
    const { usage } = this;
    if (!call.stream || firstContentUs === undefined || (usage && outcome === 'answered')) return usage;
    const tokens = receiver?.tokens;
    if (tokens === undefined || (usage && tokens <= 2 * usage.completion)) return usage;
    return estimated(call.raw, tokens, usage?.prompt);
  }

  get usage(): Usage | undefined {
    if (this.#sum) return this.#sum;
    const last = this.#last && usageIn(this.#last);
    if (last && last.prompt > 0) return last;
    const before = this.#before && usageIn(this.#before);
    return last ? withPrompt(last, before) : before;
  }
}

function added(sum: Usage | undefined, more: Usage | undefined): Usage | undefined {
  if (!sum || !more) return sum ?? more;
  const cached = (sum.cached ?? 0) + (more.cached ?? 0);
  return {
    prompt: sum.prompt + more.prompt,
    completion: sum.completion + more.completion,
    total: sum.total + more.total,
    ...(cached && { cached }),
  };
}

/** `"usage"`, or Google's `"usageMetadata"` */
const NAME = '"usage';
const GOOGLES = 'Metadata';
/** Usage is nearly always within this many last bytes; a longer answer is searched no further. */
const NEAR = 1_024;
const FAR = 64 * 1_024;
/** Most places of the name that are read: what stands around each is searched for its counts. */
const LOOKS = 32;
const PROMPT = ['"prompt_tokens"', '"input_tokens"', '"inputTokens"'];
const COMPLETION = ['"completion_tokens"', '"output_tokens"', '"outputTokens"'];
const TOTAL = ['"total_tokens"', '"totalTokens"'];
/** Ollama's stand in an answer's last line itself. */
const OLLAMAS = '"eval_count"';
const OLLAMAS_PROMPT = ['"prompt_eval_count"'];
const CACHED = '"cache';
const [NAMED_PROMPT] = PROMPT as [string];
const CACHE_READ = ['"cache_read_input_tokens"', '"cacheReadInputTokens"'];
const CACHE_WRITTEN = ['"cache_creation_input_tokens"', '"cacheWriteInputTokens"'];
const CACHE = 'cache';
/** Those that count it within the prompt, and the two above. */
const FROM_CACHE = ['"cached_tokens"', '"prompt_cache_hit_tokens"', ...CACHE_READ];
const [TAB, LF, CR, SPACE, QUOTE, ZERO, NINE, COLON, BRACE] = [9, 10, 13, 32, 34, 48, 57, 58, 0x7b];

/**
 * The last usage in these bytes, in the format of any of OpenAI's APIs; undefined: there is none. Answers are not
 * parsed for it: inside a JSON string the name cannot look like this, because its quotes would be escaped.
 */
export function usageIn(bytes: Buffer): Usage | undefined {
  const near = usageAtEnd(bytes, NEAR);
  return (near && near.prompt > 0) || bytes.length <= NEAR ? near : usageAtEnd(bytes, FAR);
}

function usageAtEnd(bytes: Buffer, length: number): Usage | undefined {
  // One character a byte: only ASCII is searched for.
  const text =
    shortText(bytes)?.slice(-length) ?? bytes.toString('latin1', Math.max(0, bytes.length - length));
  let last: Usage | undefined;
  let looks = 0;
  for (
    let at = text.lastIndexOf(NAME);
    at >= 0 && looks < LOOKS;
    at = at === 0 ? -1 : text.lastIndexOf(NAME, at - 1)
  ) {
    looks += 1;
    const said = text.slice(at + NAME.length);
    const usage = isObjectNext(said) ? usageOf(said) : undefined;
    last = last ? withPrompt(last, usage) : usage;
    if (last && last.prompt > 0) return last;
  }
  return last ?? usageOfOllama(text);
}

function usageOfOllama(text: string): Usage | undefined {
  const at = text.lastIndexOf(OLLAMAS);
  if (at < 0) return undefined;
  const completion = count([OLLAMAS], text.slice(at));
  const line = text.slice(text.lastIndexOf('\n', at) + 1);
  const prompt = count(OLLAMAS_PROMPT, line) ?? 0;
  return completion === undefined ? undefined : { prompt, completion, total: prompt + completion };
}

/** Anthropic's API counts the prompt in a stream's first event, and the answer in its last. */
function withPrompt(usage: Usage, before: Partial<Usage> = {}): Usage {
  const { prompt = 0, cached, cacheWritten } = before;
  if (prompt === 0) return usage;
  const total = Math.max(usage.total, prompt + usage.completion);
  return { ...usage, prompt, total, ...(cached && { cached }), ...(cacheWritten && { cacheWritten }) };
}

/** Cohere has what is billed first, and then what was counted. */
const BILLED = '"billed_units"';
const COUNTED = '"tokens"';

function usageOf(given: string): Usage | undefined {
  if (given.startsWith(GOOGLES)) return usageOfGoogle(given);
  const counted = given.includes(BILLED) ? given.indexOf(COUNTED) : -1;
  const said = counted < 0 ? given : given.slice(counted);
  const usage = usageFrom(promptIn(said), count(COMPLETION, said), count(TOTAL, said));
  return usage && said.includes(CACHE) ? withCache(usage, said, FROM_CACHE) : usage;
}

/** Google counts thoughts beside the answer, and what tools add beside the prompt; all others within them. */
function usageOfGoogle(said: string): Usage | undefined {
  const prompt = sum(count(['"promptTokenCount"'], said), count(['"toolUsePromptTokenCount"'], said));
  const completion = sum(count(['"candidatesTokenCount"'], said), count(['"thoughtsTokenCount"'], said));
  const usage = usageFrom(prompt, completion, count(['"totalTokenCount"'], said));
  return usage && withCache(usage, said, ['"cachedContentTokenCount"']);
}

function usageFrom(prompt?: number, completion?: number, total?: number): Usage | undefined {
  if (prompt === undefined && completion === undefined && total === undefined) return undefined;
  return { prompt: prompt ?? 0, completion: completion ?? 0, total: total ?? sum(prompt, completion) ?? 0 };
}

function withCache(usage: Usage, said: string, names: readonly string[]): Usage {
  const [cached, cacheWritten] = [count(names, said), count(CACHE_WRITTEN, said)];
  return cached || cacheWritten
    ? { ...usage, ...(cached && { cached }), ...(cacheWritten && { cacheWritten }) }
    : usage;
}

/** Anthropic's API and AWS count what a cache has read or written beside the prompt, all others within it. */
function promptIn(said: string): number | undefined {
  const prompt = count(PROMPT, said);
  if (prompt === undefined || !said.includes(CACHED) || said.includes(NAMED_PROMPT)) return prompt;
  return prompt + (count(CACHE_READ, said) ?? 0) + (count(CACHE_WRITTEN, said) ?? 0);
}

/** The first number behind the first of these names that has one. Regular expressions took thrice the time. */
function count(names: readonly string[], said: string): number | undefined {
  for (const name of names) {
    for (let at = said.indexOf(name); at >= 0; at = said.indexOf(name, at + name.length)) {
      const number = numberAt(said, valueFrom(said, at + name.length));
      if (number !== undefined) return number;
    }
  }
  return undefined;
}

/** The rest of the name, and then an object. */
function isObjectNext(said: string): boolean {
  const quote = said.startsWith(GOOGLES) ? GOOGLES.length : 0;
  return said.charCodeAt(quote) === QUOTE && said.charCodeAt(valueFrom(said, quote + 1)) === BRACE;
}

/** Where the value behind a member's name begins; -1: that was no name. */
function valueFrom(said: string, at: number): number {
  const colon = afterBlanks(said, at);
  return said.charCodeAt(colon) === COLON ? afterBlanks(said, colon + 1) : -1;
}

function afterBlanks(said: string, at: number): number {
  let code = said.charCodeAt(at);
  while (code === SPACE || code === LF || code === CR || code === TAB) code = said.charCodeAt(++at);
  return at;
}

function numberAt(said: string, at: number): number | undefined {
  let number: number | undefined;
  for (let code = said.charCodeAt(at); code >= ZERO && code <= NINE; code = said.charCodeAt(++at))
    number = (number ?? 0) * 10 + code - ZERO;
  return number;
}

const sum = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined ? other : one + (other ?? 0);
