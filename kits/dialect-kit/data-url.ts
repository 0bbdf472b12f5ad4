import { asText } from './as-text.ts';
const DATA_URL = /^data:([^;,]+)(?:;[^;,]+)*;base64,/;

/** Bytes in a `data:` URL, as base64; undefined: it is none, or is written otherwise. */
export function base64In(url: string): { readonly type: string; readonly data: string } | undefined {
  const found = DATA_URL.exec(url);
  return found ? { type: found[1] as string, data: url.slice(found[0].length) } : undefined;
}

export const dataUrl = (type: unknown, data: unknown): string =>
  `data:${asText(type)};base64,${asText(data)}`;
