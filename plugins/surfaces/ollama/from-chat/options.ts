import { isObject, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';

/** Parameters of chat, and those of sampling that callers of local servers send. */
const SAME = [
  'temperature',
  'top_p',
  'seed',
  'presence_penalty',
  'frequency_penalty',
  'top_k',
  'min_p',
  'typical_p',
  'repeat_penalty',
  'repeat_last_n',
];
/** the names that other servers have for an option */
const OTHER: Readonly<Record<string, string>> = {
  max_tokens: 'num_predict',
  max_completion_tokens: 'num_predict',
  repetition_penalty: 'repeat_penalty',
};

/** Options of sampling. The caller's own `options` take precedence. */
export function optionsOf(members: Members): Json {
  const options: Json = {};
  members.move(SAME, options);
  for (const [name, own] of Object.entries(OTHER)) {
    const value = members.take(name);
    if (value !== undefined) options[own] ??= value;
  }
  const stop = members.take('stop');
  if (stop !== undefined) options.stop = Array.isArray(stop) ? stop : [stop];
  const given = members.take('options');
  if (isObject(given)) Object.assign(options, given);
  return Object.keys(options).length > 0 ? { options } : {};
}
