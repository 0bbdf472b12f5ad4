import type { Json } from '../../../../kits/dialect-kit/json.ts';
import { cannotSay } from './refuse.ts';

/** How files of a kind begin. */
const KINDS: readonly (readonly [begins: RegExp, type: string])[] = [
  [/^\x89PNG/, 'image/png'],
  [/^\xff\xd8\xff/, 'image/jpeg'],
  [/^GIF8/, 'image/gif'],
  [/^RIFF[^]{4}WEBP/, 'image/webp'],
  [/^BM/, 'image/bmp'],
];
const SOUND: readonly (readonly [begins: RegExp, format: string])[] = [
  [/^RIFF[^]{4}WAVE/, 'wav'],
  [/^(?:ID3|\xff[\xf2\xf3\xfb])/, 'mp3'],
];
/** characters of base64 that hold as many bytes as tell the kind */
const BEGINNING = 16;

/** Pictures, and sound that Ollama takes in the same place, as chat's parts: their bytes tell what they are. */
export function mediaParts(images: unknown, at: string): Json[] {
  if (images === undefined || images === null) return [];
  if (!Array.isArray(images)) return cannotSay(at, images);
  return images.map((image: unknown, nth) => mediaPart(image, `${at}[${nth}]`));
}

function mediaPart(image: unknown, at: string): Json {
  if (typeof image !== 'string' || image === '') return cannotSay(at, image);
  if (image.startsWith('data:')) return picture(image);
  const bytes = Buffer.from(image.slice(0, BEGINNING), 'base64').toString('latin1');
  const [, format] = SOUND.find(([begins]) => begins.test(bytes)) ?? [];
  if (format !== undefined) return { type: 'input_audio', input_audio: { data: image, format } };
  const [, type] = KINDS.find(([begins]) => begins.test(bytes)) ?? [];
  return picture(`data:${type ?? 'image/png'};base64,${image}`);
}

const picture = (url: string): Json => ({ type: 'image_url', image_url: { url } });
