import { isObject, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { outputLimit } from '../../../../kits/dialect-kit/output-limit.ts';
import { cannotSay } from './refuse.ts';
import { rowOf } from '../../../../wire/row-of.ts';

/** Options that are the same in OpenAI's APIs. */
const SAME = new Set(['temperature', 'top_p', 'seed', 'presence_penalty', 'frequency_penalty']);
/** How a model is loaded and run, which the server decides. */
const LOADING = new Set([
  'num_ctx',
  'num_keep',
  'num_batch',
  'num_gpu',
  'num_gqa',
  'num_thread',
  'main_gpu',
  'use_mmap',
  'use_mlock',
  'low_vram',
  'f16_kv',
  'vocab_only',
  'numa',
  'logits_all',
  'embedding_only',
  'draft_num_predict',
]);
/** Sampling parameters that OpenAI's APIs lack, each with its values that mean "off". */
const OFF: Readonly<Record<string, readonly unknown[]>> = {
  top_k: [0, -1],
  min_p: [0],
  typical_p: [0, 1],
  tfs_z: [0, 1],
  repeat_penalty: [0, 1],
  repeat_last_n: [0],
  mirostat: [0],
};
/** Have no effect where their companion is off. */
const COMPANIONS: Readonly<Record<string, string>> = {
  mirostat_eta: 'mirostat',
  mirostat_tau: 'mirostat',
  repeat_last_n: 'repeat_penalty',
  penalize_newline: 'repeat_penalty',
};
/** `options` as members of a request to one of OpenAI's APIs. */
export function membersOf(options: unknown, model: unknown, members: Members): Json {
  if (options === undefined) return {};
  if (!isObject(options)) return cannotSay('options', options);
  const said: Json = {};
  for (const [name, value] of Object.entries(options)) {
    if (value === null || isOff(name, value, options)) continue;
    // The API that the chat is translated to may have it.
    if (SAME.has(name) || (members.goesOn && Object.hasOwn(OFF, name))) said[name] = value;
    else if (name === 'stop') said.stop = value;
    else if (name === 'num_predict') Object.assign(said, limit(value, model));
    else if (LOADING.has(name)) members.dropped(`options.${name}`);
    else cannotSay(`options.${name}`, value);
  }
  if (Array.isArray(said.stop) && said.stop.length === 0) delete said.stop;
  return said;
}

function isOff(name: string, value: unknown, options: Json): boolean {
  const companion = rowOf(COMPANIONS, name);
  if (companion !== undefined && isOff(companion, options[companion] ?? OFF[companion]?.[0], options))
    return true;
  return rowOf(OFF, name)?.includes(value) === true;
}

/** -1 is no limit, and -2 as much as the context takes. */
function limit(value: unknown, model: unknown): Json {
  if (typeof value !== 'number' || value < 0) return {};
  return outputLimit(model, value);
}
