import { base64In } from '../../../../kits/dialect-kit/data-url.ts';
import { isObject, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { cannotSay } from './refuse.ts';
import { rowOf } from '../../../../wire/row-of.ts';

const IMAGES = new Set(['png', 'jpeg', 'gif', 'webp']);
const VIDEOS: Readonly<Record<string, string>> = {
  quicktime: 'mov',
  'x-matroska': 'mkv',
  '3gpp': 'three_gp',
};
const OFFICE = 'application/vnd.openxmlformats-officedocument';
const DOCUMENTS: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'text/csv': 'csv',
  'application/msword': 'doc',
  [`${OFFICE}.wordprocessingml.document`]: 'docx',
  'application/vnd.ms-excel': 'xls',
  [`${OFFICE}.spreadsheetml.sheet`]: 'xlsx',
  'text/html': 'html',
  'text/plain': 'txt',
  'text/markdown': 'md',
};

/** The API takes bytes, and places in S3, but no other URL. */
export function imageBlock(image: unknown, at: string): Json {
  const { source, type } = sourceOf(image, `${at}.image_url`);
  const format = type.replace(/^image\//, '').replace('jpg', 'jpeg');
  return IMAGES.has(format) ? { image: { format, source } } : cannotSay(`${at}.image_url`, type);
}

export function videoBlock(video: unknown, at: string): Json {
  const { source, type } = sourceOf(video, `${at}.video_url`);
  const format = type.replace(/^video\//, '');
  return { video: { format: rowOf(VIDEOS, format) ?? format, source } };
}

export function audioBlock(audio: unknown, at: string): Json {
  const { data, format } = isObject(audio) ? audio : {};
  if (typeof data !== 'string' || typeof format !== 'string') return cannotSay(`${at}.input_audio`, audio);
  return { audio: { format, source: { bytes: data } } };
}

/** @param taken names of the request's documents, of which no two may be the same */
export function documentBlock(file: unknown, at: string, taken: Set<string>): Json {
  const { filename, file_data: data } = isObject(file) ? file : {};
  const found = base64In(stringOf(data));
  const format = rowOf(DOCUMENTS, found?.type ?? '');
  if (!found || format === undefined) return cannotSay(`${at}.file`, file);
  return { document: { format, name: nameOf(stringOf(filename), taken), source: { bytes: found.data } } };
}

/** The API takes letters, digits, single spaces, `-`, `(`, `)`, `[` and `]` in a name. */
function nameOf(filename: string, taken: Set<string>): string {
  const plain = filename
    .replace(/\.\w+$/, '')
    .replace(/[^a-zA-Z0-9\s()[\]-]/g, '-')
    .replace(/\s+/g, ' ')
    .trim();
  const wanted = plain || 'document';
  let name = wanted;
  for (let nth = 2; taken.has(name); nth++) name = `${wanted}-${nth}`;
  taken.add(name);
  return name;
}

function sourceOf(media: unknown, at: string): { readonly source: Json; readonly type: string } {
  const url = isObject(media) ? media.url : media;
  if (typeof url !== 'string') return cannotSay(at, media);
  const found = base64In(url);
  if (found) return { source: { bytes: found.data }, type: found.type };
  if (!url.startsWith('s3://')) return cannotSay(at, url.slice(0, 80));
  return { source: { s3Location: { uri: url } }, type: url.replace(/^.*\./, '').toLowerCase() };
}
