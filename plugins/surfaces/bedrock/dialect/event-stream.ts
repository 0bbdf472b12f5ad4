import { createRequire } from 'node:module';
import type { EventBytes, EventCutter, Framing } from '../../../../core/contracts/index.ts';
import { Malformed } from '../../../../wire/malformed.ts';

/** The official codec, loaded with the first stream: gateways without AWS never need it. */
type Codec = InstanceType<(typeof import('@smithy/eventstream-codec'))['EventStreamCodec']>;

const TYPE = 'application/vnd.amazon.eventstream';
/** bytes of its length, which each message begins with, and of all that surrounds its payload */
const LENGTH = 4;
const SHORTEST = 16;

const require = createRequire(import.meta.url);
let loaded: Codec | undefined;

function codec(): Codec {
  if (loaded) return loaded;
  const { EventStreamCodec } =
    require('@smithy/eventstream-codec') as typeof import('@smithy/eventstream-codec');
  const text = (bytes: Uint8Array | string): string => Buffer.from(bytes as Uint8Array).toString('utf8');
  return (loaded = new EventStreamCodec(text, (written) => Buffer.from(written)));
}

/** AWS's binary event streams (`vnd.amazon.eventstream`): messages with a length, headers and checksums. */
export const EVENT_STREAM: Framing = {
  decoder: {
    isStream: (contentType) => contentType.startsWith(TYPE),
    cutter: () => new MessageCutter(),
    eventsIn: messagesIn,
  },
};

/** @throws Malformed where a checksum is wrong */
function* messagesIn(run: Buffer): Generator<EventBytes> {
  for (let start = 0, end = 0; start < run.length; start = end) {
    end = start + lengthAt(run, start);
    const { headers, body } = decoded(run.subarray(start, end));
    const header = (name: string): string => String(headers[name]?.value ?? '');
    const data = Buffer.from(body).toString('utf8');
    const event = header(':event-type') || header(':exception-type');
    if (event !== '') yield { event: { event, data }, end };
    else yield { event: { event: 'error', data: JSON.stringify(unnamed(header, data)) }, end };
  }
}

function decoded(message: Buffer): ReturnType<Codec['decode']> {
  const own = codec();
  try {
    return own.decode(message);
  } catch (error) {
    throw new Malformed(`a message of an event stream that cannot be read: ${(error as Error).message}`);
  }
}

/** A message of type `error` has a code and a text, and no payload. */
const unnamed = (header: (name: string) => string, data: string): object => ({
  message: [header(':error-code'), header(':error-message')].filter(Boolean).join(': ') || data,
});

const lengthAt = (bytes: Buffer, at: number): number => {
  const length = bytes.readUInt32BE(at);
  if (length < SHORTEST) throw new Malformed(`an event stream whose message cannot have ${length} bytes`);
  return length;
};

class MessageCutter implements EventCutter {
  #rest: Buffer[] = [];
  pending = 0;
  /** bytes from which on the first of its messages may be whole */
  #needed = LENGTH;

  push(chunk: Buffer): Buffer | undefined {
    this.#rest.push(chunk);
    this.pending += chunk.length;
    if (this.pending < this.#needed) return undefined;
    const all = this.#joined();
    let end = 0;
    while (all.length - end >= LENGTH && lengthAt(all, end) <= all.length - end) end += lengthAt(all, end);
    this.#needed = all.length - end < LENGTH ? LENGTH : lengthAt(all, end);
    if (end === 0) return undefined;
    this.#rest = end < all.length ? [all.subarray(end)] : [];
    this.pending = all.length - end;
    return all.subarray(0, end);
  }

  isNoise(): boolean {
    return false;
  }

  /** A message has its length, so that the rest is the half of one. */
  last(): undefined {
    this.#rest = [];
    this.pending = 0;
  }

  #joined(): Buffer {
    const [first] = this.#rest;
    if (this.#rest.length === 1 && first) return first;
    const all = Buffer.concat(this.#rest);
    this.#rest = [all];
    return all;
  }
}
