import { isObject, type Json } from '../../../kits/dialect-kit/json.ts';

const count = (value: unknown): number => (typeof value === 'number' ? value : 0);
const [NS_OF_MS, NS_OF_S] = [1e6, 1e9];

/** Tokens that were counted, in Ollama's words; nothing where they were not. */
export function ollamaCounts(usage: unknown): Json {
  if (!isObject(usage)) return {};
  return { prompt_eval_count: count(usage.prompt_tokens), eval_count: count(usage.completion_tokens) };
}

export function chatUsage({ prompt_eval_count: prompt, eval_count: completion }: Json): Json {
  return {
    prompt_tokens: count(prompt),
    completion_tokens: count(completion),
    total_tokens: count(prompt) + count(completion),
  };
}

/** When something happened, in ms of one clock. */
export interface Moments {
  readonly asked: number;
  /** the first content; undefined: it all came at once */
  readonly spoke?: number | undefined;
  readonly ended: number;
}

/**
 * Durations of an answer in ns: as its server measured them (llama.cpp, Groq), else as measured here. The time to load a
 * model is not known.
 */
export function durations(answer: Json, { asked, spoke, ended }: Moments): Json {
  const total_duration = nanoseconds(ended - asked);
  const measured = ofTimings(answer.timings) ?? ofUsage(answer.usage);
  if (measured) return { total_duration, ...measured };
  if (spoke === undefined) return { total_duration };
  return {
    total_duration,
    prompt_eval_duration: nanoseconds(spoke - asked),
    eval_duration: nanoseconds(ended - spoke),
  };
}

function ofTimings(timings: unknown): Json | undefined {
  if (!isObject(timings) || typeof timings.predicted_ms !== 'number') return undefined;
  return {
    prompt_eval_duration: Math.round(count(timings.prompt_ms) * NS_OF_MS),
    eval_duration: Math.round(timings.predicted_ms * NS_OF_MS),
  };
}

function ofUsage(usage: unknown): Json | undefined {
  if (!isObject(usage) || typeof usage.completion_time !== 'number') return undefined;
  return {
    prompt_eval_duration: Math.round(count(usage.prompt_time) * NS_OF_S),
    eval_duration: Math.round(usage.completion_time * NS_OF_S),
  };
}

const nanoseconds = (ms: number): number => Math.max(0, Math.round(ms * NS_OF_MS));
