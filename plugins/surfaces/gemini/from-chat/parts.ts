import { base64In } from '../../../../kits/dialect-kit/data-url.ts';
import { isObject, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { cannotSay } from './refuse.ts';
import { rowOf } from '../../../../wire/row-of.ts';

/** A message's content as parts; a text that is empty is none, as the API takes none. */
export function partsOf(content: unknown, at: string, members: Members): Json[] {
  if (content === undefined || content === null || content === '') return [];
  if (typeof content === 'string') return [{ text: content }];
  if (!Array.isArray(content)) return cannotSay(at, content);
  return content.flatMap((part: unknown, nth) => partOf(part, `${at}[${nth}]`, members));
}

function partOf(part: unknown, at: string, members: Members): Json[] {
  if (!isObject(part)) return cannotSay(at, part);
  // Caches are kept by the API itself, or made beforehand.
  if (isObject(part.cache_control)) members.dropped('cache_control');
  switch (part.type) {
    case 'text':
      return part.text === '' ? [] : [{ text: part.text }];
    case 'refusal':
      return part.refusal === '' ? [] : [{ text: part.refusal }];
    case 'image_url':
    case 'video_url':
      return [mediaPart(part[part.type], part.type, at)];
    case 'input_audio':
      return [audioPart(part.input_audio, at)];
    case 'file':
      return [filePart(part.file, at)];
    default:
      return cannotSay(`${at}.type`, part.type);
  }
}

function mediaPart(media: unknown, member: string, at: string): Json {
  const url = isObject(media) ? media.url : media;
  if (typeof url !== 'string') return cannotSay(`${at}.${member}`, media);
  const found = base64In(url);
  if (found) return { inlineData: { mimeType: found.type, data: found.data } };
  if (url.startsWith('data:')) return cannotSay(`${at}.${member}`, url.slice(0, 40));
  return { fileData: { ...mimeType(url), fileUri: url } };
}

function audioPart(audio: unknown, at: string): Json {
  const { data, format } = isObject(audio) ? audio : {};
  if (typeof data !== 'string' || typeof format !== 'string') return cannotSay(`${at}.input_audio`, audio);
  return { inlineData: { mimeType: `audio/${format}`, data } };
}

/** URIs of files that a caller has uploaded to Google. */
const UPLOADED = /^(?:gs:\/\/|https:\/\/)/;

function filePart(file: unknown, at: string): Json {
  const { file_data: data, file_id: id, file_url: url, filename } = isObject(file) ? file : {};
  const found = base64In(stringOf(data));
  if (found) return { inlineData: { mimeType: found.type, data: found.data } };
  const uri = stringOf(id) || stringOf(url) || stringOf(data);
  if (!UPLOADED.test(uri)) return cannotSay(`${at}.file`, file);
  return { fileData: { ...mimeType(stringOf(filename) || uri), fileUri: uri } };
}

const TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  heic: 'image/heic',
  heif: 'image/heif',
  pdf: 'application/pdf',
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  webm: 'video/webm',
  mp3: 'audio/mp3',
  wav: 'audio/wav',
};

/** By the end of its name; where that says nothing the API finds out itself. */
function mimeType(name: string): Json {
  const [, extension = ''] = /\.(\w+)(?:[?#].*)?$/.exec(name) ?? [];
  const type = rowOf(TYPES, extension.toLowerCase());
  return type === undefined ? {} : { mimeType: type };
}
