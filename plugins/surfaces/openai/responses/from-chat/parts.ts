import { isObject, type Json } from '../../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../../kits/dialect-kit/members.ts';
import { cannotSay } from './refuse.ts';
import { asText } from '../../../../../kits/dialect-kit/as-text.ts';

/** A message's content as the Responses API takes it: a text, or a list of parts. */
export function contentOf(content: unknown, at: string, members: Members): unknown {
  if (typeof content === 'string') return content;
  if (content === undefined || content === null) return '';
  if (!Array.isArray(content)) return cannotSay(at, content);
  return content.map((part: unknown, nth) => partOf(part, `${at}[${nth}]`, members));
}

/** Where text alone has a place. @param between stands between its parts */
export function textOf(content: unknown, at: string, members: Members, between = ''): string {
  const parts = contentOf(content, at, members);
  if (typeof parts === 'string') return parts;
  return (parts as Json[])
    .map(({ type, text }) => (type === 'input_text' ? asText(text) : cannotSay(`${at}.type`, type)))
    .join(between);
}

function partOf(part: unknown, at: string, members: Members): Json {
  if (!isObject(part)) return cannotSay(at, part);
  if (isObject(part.cache_control)) members.dropped('cache_control');
  const { type } = part;
  if (type === 'text') return { type: 'input_text', text: part.text };
  if (type === 'refusal') return { type: 'input_text', text: part.refusal };
  if (type === 'image_url') return imageOf(part.image_url, at);
  if (type === 'file' && isObject(part.file)) return { type: 'input_file', ...part.file };
  return cannotSay(`${at}.type`, type);
}

function imageOf(image: unknown, at: string): Json {
  const { url, detail } = isObject(image) ? image : { url: image };
  if (typeof url !== 'string') return cannotSay(`${at}.image_url`, image);
  return { type: 'input_image', image_url: url, detail: typeof detail === 'string' ? detail : 'auto' };
}
