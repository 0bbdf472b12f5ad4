import { isObject } from './json.ts';
import { rowOf } from '../../wire/row-of.ts';

/** Hints and metadata in a chat's request: caches, billing, records, speed. An answer is valid without them. */
export const WISHES = [
  'service_tier',
  'metadata',
  'store',
  'prompt_cache_key',
  'prompt_cache_retention',
  'prompt_cache_options',
  'verbosity',
  'prediction',
];

/** Values that have no effect. */
const NOTHING: Readonly<Record<string, (value: unknown) => boolean>> = {
  n: (value) => value === 1,
  logprobs: (value) => value === false,
  top_logprobs: (value) => value === 0,
  presence_penalty: (value) => value === 0,
  frequency_penalty: (value) => value === 0,
  logit_bias: (value) => isObject(value) && Object.keys(value).length === 0,
  modalities: (value) => Array.isArray(value) && value.every((kind) => kind === 'text'),
  functions: (value) => Array.isArray(value) && value.length === 0,
  function_call: (value) => value === 'auto' || value === 'none',
};

/** Whether a member of a chat's request has no effect, so that an API without it can answer. */
export const asksNothing = (name: string, value: unknown): boolean => rowOf(NOTHING, name)?.(value) === true;
