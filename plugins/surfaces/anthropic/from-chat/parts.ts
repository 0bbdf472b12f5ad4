import { base64In } from '../../../../kits/dialect-kit/data-url.ts';
import { isObject, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { cannotSay } from './refuse.ts';

/** A message's content as blocks; a text that is empty is none, as the API takes none. */
export function blocksOf(content: unknown, at: string): Json[] {
  if (content === undefined || content === null || content === '') return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content)) return cannotSay(at, content);
  return content.flatMap((part: unknown, nth) => blockOf(part, `${at}[${nth}]`));
}

/** `cache_control` of a part is kept: callers that know the API send it. */
function blockOf(part: unknown, at: string): Json[] {
  if (!isObject(part)) return cannotSay(at, part);
  const cache = isObject(part.cache_control) ? { cache_control: part.cache_control } : {};
  const text = part.type === 'refusal' ? part.refusal : part.text;
  if (part.type === 'text' || part.type === 'refusal')
    return text === '' ? [] : [{ type: 'text', text, ...cache }];
  if (part.type === 'image_url') return [{ type: 'image', source: sourceOf(part.image_url, at), ...cache }];
  if (part.type === 'file') return [{ ...documentOf(part.file, at), ...cache }];
  return cannotSay(`${at}.type`, part.type);
}

function sourceOf(image: unknown, at: string): Json {
  const url = isObject(image) ? image.url : image;
  if (typeof url !== 'string') return cannotSay(`${at}.image_url`, image);
  const found = base64In(url);
  if (!found)
    return url.startsWith('data:') ? cannotSay(`${at}.image_url`, url.slice(0, 40)) : { type: 'url', url };
  return { type: 'base64', media_type: found.type, data: found.data };
}

function documentOf(file: unknown, at: string): Json {
  const { filename, file_data: data, file_url: url } = isObject(file) ? file : {};
  if (typeof url === 'string') return { type: 'document', source: { type: 'url', url } };
  const found = base64In(stringOf(data));
  const isText = found?.type.startsWith('text/') === true;
  if (!found || (found.type !== 'application/pdf' && !isText)) return cannotSay(`${at}.file`, file);
  const source = isText
    ? { type: 'text', media_type: 'text/plain', data: Buffer.from(found.data, 'base64').toString() }
    : { type: 'base64', media_type: found.type, data: found.data };
  return { type: 'document', source, ...(typeof filename === 'string' && { title: filename }) };
}
