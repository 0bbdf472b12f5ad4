import { isObject, stringOf, type Json } from '../../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../../kits/dialect-kit/members.ts';
import { cannotSay } from './refuse.ts';

/** Metadata of a part: cache breakpoints, and annotations of its text. */
const NOTES = ['prompt_cache_breakpoint', 'annotations', 'logprobs', 'cache_control'];

/** An item's content as chat's parts. */
export function partsOf(content: unknown, at: string, members: Members): Json[] {
  if (content === undefined || content === null || content === '') return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content)) return cannotSay(at, content);
  return content.map((part: unknown, nth) => partOf(part, `${at}[${nth}]`, members));
}

/** One text, where all parts are texts. */
export function contentOf(parts: Json[]): unknown {
  const [only] = parts;
  if (only === undefined) return '';
  return parts.length === 1 && only.type === 'text' && only.cache_control === undefined ? only.text : parts;
}

export const textOf = (parts: readonly Json[]): string => parts.map(({ text }) => stringOf(text)).join('');

export const isText = ({ type }: Json): boolean => type === 'text';

function partOf(part: unknown, at: string, members: Members): Json {
  if (!isObject(part)) return cannotSay(at, part);
  const { type } = part;
  if (isObject(part.prompt_cache_breakpoint)) members.dropped('prompt_cache_breakpoint');
  const cache = isObject(part.cache_control) ? { cache_control: part.cache_control } : {};
  if (type === 'input_text' || type === 'output_text' || type === 'text' || type === 'summary_text') {
    known(part, ['type', 'text'], at);
    if (Array.isArray(part.annotations) && part.annotations.length > 0) members.dropped('annotations');
    return { type: 'text', text: part.text, ...cache };
  }
  if (type === 'refusal') return { type: 'refusal', refusal: part.refusal };
  if (type === 'input_image') return { ...imageOf(part, at), ...cache };
  if (type === 'input_file') return { ...fileOf(part, at, members), ...cache };
  if (type === 'input_audio' && isObject(part.input_audio)) return { type, input_audio: part.input_audio };
  return cannotSay(`${at}.type`, type);
}

function imageOf(part: Json, at: string): Json {
  known(part, ['type', 'image_url', 'file_id', 'detail'], at);
  const { image_url: url, file_id: id, detail } = part;
  if (typeof url !== 'string')
    return typeof id === 'string' ? cannotSay(`${at}.file_id`, id) : cannotSay(`${at}.image_url`, url);
  // Chat's most exact is 'high'.
  const shown = detail === 'original' ? 'high' : detail;
  return {
    type: 'image_url',
    image_url: { url, ...(typeof shown === 'string' && shown !== 'auto' && { detail: shown }) },
  };
}

function fileOf(part: Json, at: string, members: Members): Json {
  known(part, ['type', 'file_data', 'file_id', 'file_url', 'filename', 'detail'], at);
  const { file_data, file_id, file_url, filename, detail } = part;
  // Servers of chat do not take it; it is kept where the chat is translated further.
  if (typeof file_url === 'string')
    return members.goesOn ? { type: 'file', file: { file_url } } : cannotSay(`${at}.file_url`, file_url);
  if (typeof detail === 'string') members.dropped('detail');
  const file = { file_data, file_id, filename };
  return {
    type: 'file',
    file: Object.fromEntries(Object.entries(file).filter(([, value]) => typeof value === 'string')),
  };
}

function known(part: Json, names: readonly string[], at: string): void {
  for (const [name, value] of Object.entries(part))
    if (!names.includes(name) && !NOTES.includes(name) && value !== null) cannotSay(`${at}.${name}`, value);
}
