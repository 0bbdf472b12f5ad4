import { isObject, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { cannotSay } from './refuse.ts';
import { rowOf } from '../../../../wire/row-of.ts';
import { asText } from '../../../../kits/dialect-kit/as-text.ts';

/** Hints: how long a model stays loaded, and what is cut off where a context is full. */
export const DROPPED = ['keep_alive', 'truncate', 'shift'];

const EFFORTS: Readonly<Record<string, string>> = {
  true: 'medium',
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  max: 'high',
};

/** The reasoning effort. Switching it off is a hint: chat has no value for that which all models take. */
export function effortOf(think: unknown, members: Members): Json {
  if (think === undefined || think === '') return {};
  if (think === false || think === 'false') {
    members.dropped('think');
    return {};
  }
  return { reasoning_effort: rowOf(EFFORTS, asText(think)) ?? cannotSay('think', think) };
}

/** Free JSON, or what a schema describes. */
export function formatOf(format: unknown): Json {
  if (format === undefined || format === '') return {};
  if (format === 'json') return { response_format: { type: 'json_object' } };
  if (!isObject(format)) return cannotSay('format', format);
  if (Object.keys(format).length === 0) return { response_format: { type: 'json_object' } };
  const json_schema = { name: 'answer', schema: format };
  return { response_format: { type: 'json_schema', json_schema } };
}

/** Members with a value that has no effect. */
export const asksNothing = (name: string, value: unknown): boolean =>
  value === false || value === '' || (name === 'top_logprobs' && value === 0) || isEmpty(value);

const isEmpty = (value: unknown): boolean =>
  (Array.isArray(value) && value.length === 0) || (isObject(value) && Object.keys(value).length === 0);
