import type { Received } from '../received.ts';
import type { Part } from '../script.ts';
import type { Frame } from '../sse.ts';

/** What the model is to say, however a surface words it. */
export interface Said {
  readonly model: string;
  /** Which upstream speaks; stands in `system_fingerprint`, `owned_by` and the header `x-upstream`. */
  readonly name: string;
  /** Text deltas. None is an answer without content. */
  readonly text: readonly string[];
  /** Reasoning deltas (chat: `reasoning_content`). */
  readonly reasoning: readonly string[];
  /** Chat only: one tool call, its arguments in deltas. */
  readonly toolCall: { readonly name: string; readonly arguments: readonly string[] } | undefined;
  readonly finish: 'stop' | 'length' | 'content_filter' | 'tool_calls';
  /** What stands for a message without text. */
  readonly blank: '' | null;
}

export interface AdaptedCall {
  readonly request: Received;
  /** The JSON body's or form's fields, {} where there are none. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The groups of the route's pattern. */
  readonly params: Readonly<Record<string, string>>;
  readonly models: readonly string[];
  readonly uploads: Map<string, Upload>;
}

export interface Upload {
  readonly file: Readonly<Record<string, unknown>>;
  readonly bytes: Buffer;
}

export type StreamFrame = readonly [Part, Frame];

/** A good answer: whole, and as a stream where the surface has one. */
export interface Answer {
  readonly status?: number;
  readonly contentType?: string;
  readonly whole: Buffer | string;
  readonly frames?: readonly StreamFrame[];
}

export type Surface = (asked: AdaptedCall, said: Said) => Answer;

export const created = 1_780_000_000;

export const json = (value: unknown): Answer => ({ whole: JSON.stringify(value) });

export const done: StreamFrame = ['done', { data: '[DONE]' }];

/** One token a delta, as good a count as any. */
export function usage({ text, reasoning, toolCall }: Said) {
  const completion = text.length + reasoning.length + (toolCall?.arguments.length ?? 0);
  return { prompt_tokens: 11, completion_tokens: completion, total_tokens: 11 + completion };
}

let count = 0;
/** An id that no other answer has. */
export function freshId(prefix: string): string {
  count += 1;
  return `${prefix}${String(count).padStart(8, '0')}`;
}

export function wantsUsage(fields: Readonly<Record<string, unknown>>): boolean {
  const { stream_options: options } = fields;
  return (
    typeof options === 'object' &&
    options !== null &&
    'include_usage' in options &&
    options.include_usage === true
  );
}

export function notFound(message: string): Answer {
  const error = { message, type: 'invalid_request_error', param: null, code: 'not_found' };
  return { status: 404, whole: JSON.stringify({ error }) };
}
