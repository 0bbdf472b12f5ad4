import { base64In } from '../../../../kits/dialect-kit/data-url.ts';
import { isObject, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { cannotSay } from './refuse.ts';

/** A message's text, and the pictures and sounds beside it: Ollama takes their bytes only. */
export function contentOf(content: unknown, at: string, members: Members): Json {
  if (content === undefined || content === null) return { content: '' };
  if (typeof content === 'string') return { content };
  if (!Array.isArray(content)) return cannotSay(at, content);
  const texts: string[] = [];
  const images: string[] = [];
  for (const [nth, part] of content.entries()) {
    const place = `${at}[${nth}]`;
    if (!isObject(part)) return cannotSay(place, part);
    if (isObject(part.cache_control)) members.dropped('cache_control');
    if (part.type === 'text') texts.push(stringOf(part.text));
    else if (part.type === 'refusal') texts.push(stringOf(part.refusal));
    else images.push(bytesOf(part, place));
  }
  return { content: texts.join('\n'), ...(images.length > 0 && { images }) };
}

function bytesOf({ type, image_url: image, input_audio: audio }: Json, at: string): string {
  if (type === 'input_audio' && isObject(audio)) return stringOf(audio.data);
  if (type !== 'image_url') return cannotSay(`${at}.type`, type);
  const url = isObject(image) ? image.url : image;
  return base64In(stringOf(url))?.data ?? cannotSay(`${at}.image_url`, url);
}
