import { dataUrl } from '../../../../kits/dialect-kit/data-url.ts';
import { isObject, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { camelled } from '../camel.ts';
import { cannotSay } from './refuse.ts';

const KNOWN = new Set([
  'text',
  'thought',
  'thoughtSignature',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
  'executableCode',
  'codeExecutionResult',
]);
/** The resolution of a picture or a film. */
const DROPPED = new Set(['mediaResolution', 'videoMetadata', 'partMetadata']);

/** Refuses a part with unknown members. */
export function checkPart(part: Json, at: string, members: Members): void {
  for (const [name, value] of Object.entries(part)) {
    if (value === null || value === undefined) continue;
    if (DROPPED.has(name)) members.dropped(`parts.${name}`);
    else if (!KNOWN.has(name)) cannotSay(`${at}.${name}`, value);
  }
}

/** A part of a user's turn as chat's parts. */
export function chatParts(part: Json, at: string, members: Members): Json[] {
  checkPart(part, at, members);
  const { text, inlineData, fileData } = part;
  if (typeof text === 'string') return text === '' ? [] : [{ type: 'text', text }];
  if (isObject(inlineData)) return [inlinePart(camelled(inlineData), `${at}.inlineData`)];
  if (isObject(fileData)) return [filePart(camelled(fileData), `${at}.fileData`, members)];
  const [kind] = Object.keys(part);
  return kind === undefined ? [] : cannotSay(`${at}.${kind}`, part[kind]);
}

function inlinePart({ mimeType, data, displayName }: Json, at: string): Json {
  const type = stringOf(mimeType);
  if (type.startsWith('image/')) return imageAt(dataUrl(type, data));
  if (type.startsWith('audio/'))
    return { type: 'input_audio', input_audio: { data, format: audioFormat(type) } };
  if (type.startsWith('video/')) return cannotSay(`${at}.mimeType`, type);
  const filename = stringOf(displayName) || `file.${type === 'application/pdf' ? 'pdf' : 'txt'}`;
  return { type: 'file', file: { filename, file_data: dataUrl(type, data) } };
}

/** `audio/x-wav`, `audio/mpeg` */
const audioFormat = (type: string): string => {
  const format = type.slice('audio/'.length).replace(/^x-/, '');
  return format === 'mpeg' ? 'mp3' : format;
};

/** Files that were uploaded to Google: no other provider can read them. */
const UPLOADED = /^gs:|^https:\/\/generativelanguage\.googleapis\.com\//;

function filePart({ fileUri, mimeType }: Json, at: string, members: Members): Json {
  const uri = stringOf(fileUri);
  const isImage = stringOf(mimeType).startsWith('image/') || /\.(?:png|jpe?g|webp|gif)(?:[?#]|$)/i.test(uri);
  if (UPLOADED.test(uri) || !/^https?:/.test(uri)) return cannotSay(`${at}.fileUri`, fileUri);
  if (isImage) return imageAt(uri);
  const isFile = !/^(?:audio|video)\//.test(stringOf(mimeType));
  // Servers of chat do not take it; it is kept where the chat is translated further.
  if (!members.goesOn || !isFile) return cannotSay(`${at}.fileUri`, fileUri);
  return { type: 'file', file: { file_url: uri } };
}

const imageAt = (url: string): Json => ({ type: 'image_url', image_url: { url } });
