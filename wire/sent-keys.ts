import type { IncomingHttpHeaders } from 'node:http';
import { Transform, type TransformCallback } from 'node:stream';
import { isTelling } from './credentials.ts';

const MASK = '***';
/** characters of the shortest key that is hidden: a shorter one stands in other words, too */
const SHORTEST = 8;

/** The members of a request that contain keys. */
interface Sent {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
}

interface Answer {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A refusal without the keys that its request was sent with: some servers repeat them, or the URL with one in it. */
export function withoutKeys<One extends Answer>(answer: One, sent: Sent): One {
  const keys = keysIn(sent);
  if (keys.length === 0) return answer;
  const { headers, body } = answer;
  const names = Object.keys(headers).filter((name) =>
    keys.some((key) => String(headers[name]).includes(key)),
  );
  const hidden = names.map((name) => [name, hide(String(headers[name]), keys)]);
  return {
    ...answer,
    ...(hidden.length > 0 && { headers: { ...headers, ...Object.fromEntries(hidden) } }),
    ...(keys.some((key) => body.includes(key)) && {
      body: Buffer.from(hide(body.toString('latin1'), keys), 'latin1'),
    }),
  };
}

/** The same for a text about an answer. */
export const textWithoutKeys = (text: string, sent: Sent): string => hide(text, keysIn(sent));

/** The same for a body as it passes, whose length stays. */
export class WithoutKeys extends Transform {
  readonly #keys: readonly string[];
  #rest = '';

  constructor(sent: Sent) {
    super();
    this.#keys = keysIn(sent);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const text = hide(this.#rest + chunk.toString('latin1'), this.#keys, ({ length }) => '*'.repeat(length));
    // A key may begin there.
    const end = Math.max(0, text.length - ((this.#keys[0]?.length ?? 1) - 1));
    this.#rest = text.slice(end);
    done(null, Buffer.from(text.slice(0, end), 'latin1'));
  }

  override _flush(done: TransformCallback): void {
    done(null, Buffer.from(this.#rest, 'latin1'));
  }
}

const hide = (text: string, keys: readonly string[], mask: (key: string) => string = () => MASK): string =>
  keys.reduce((shown, key) => shown.replaceAll(key, mask(key)), text);

/** The longest first: one may stand in another. */
function keysIn({ path, headers }: Sent): readonly string[] {
  const inHeaders = Object.entries(headers)
    .filter(([name]) => isTelling(name))
    .flatMap(([, value]) => value)
    .flatMap(partsOf);
  const all = new Set([...inHeaders, ...inQuery(path)].filter(({ length }) => length >= SHORTEST));
  return [...all].toSorted((one, other) => other.length - one.length);
}

/** `Bearer KEY`, and of `Basic …` the password, too. */
function partsOf(value: string): readonly string[] {
  const [, scheme, key] = /^([\w-]+) (\S+)$/.exec(value) ?? [];
  if (scheme === undefined || key === undefined) return [value];
  if (scheme.toLowerCase() !== 'basic') return [key];
  return [
    key,
    Buffer.from(key, 'base64')
      .toString('latin1')
      .replace(/^[^:]*:/, ''),
  ];
}

/** As it was sent, and as a server reads it. */
function inQuery(path: string): readonly string[] {
  const mark = path.indexOf('?');
  if (mark < 0) return [];
  const parts = path.slice(mark + 1).split('&');
  const raw = parts
    .filter((part) => isTelling(part.split('=')[0] as string))
    .map((part) => part.replace(/^[^=]*=?/, ''));
  const read = [...new URLSearchParams(path.slice(mark))].filter(([name]) => isTelling(name));
  return [...raw, ...read.map(([, value]) => value)];
}
