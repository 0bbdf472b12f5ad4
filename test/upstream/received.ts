import type { IncomingHttpHeaders } from 'node:http';
import { performance } from 'node:perf_hooks';

/** When the client went away: before any byte of the answer, or with a part of it. */
export type Left = 'before-head' | 'mid-body';

/** A multipart body as the upstream understood it. */
export interface Form {
  readonly fields: Readonly<Record<string, string>>;
  readonly files: readonly { field: string; filename: string; type: string; bytes: Buffer }[];
}

export interface Arrival {
  readonly method: string;
  /** Path and query, as on the wire. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly socketId: number;
  /** 1 for the first request of its connection. */
  readonly nthOnSocket: number;
}

/** One request as the upstream saw it, and what became of its answer. Changes while it is being answered. */
export class Received implements Arrival {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly socketId: number;
  readonly nthOnSocket: number;
  /** ms on `performance.now()`'s clock. */
  readonly startedAt = performance.now();
  body: Buffer = Buffer.alloc(0);
  form: Form | undefined;
  /** The whole body is here. */
  whole = false;
  /** The body is not what its content type says; answered with 400. */
  malformed = false;
  /** Bytes of the answer's body handed to the socket so far. */
  bytesWritten = 0;
  /** The answer was sent to its end. */
  ended = false;
  /** The upstream itself broke or reset the connection. */
  broken = false;
  /** The client went away first, and when. */
  left: Left | undefined;
  /** ms on `performance.now()`'s clock, once the exchange is over. */
  overAt: number | undefined;

  constructor(arrival: Arrival) {
    this.method = arrival.method;
    this.path = arrival.path;
    this.headers = arrival.headers;
    this.rawHeaders = arrival.rawHeaders;
    this.socketId = arrival.socketId;
    this.nthOnSocket = arrival.nthOnSocket;
  }

  /** Takes the body in; it is whole from then on. */
  async take(body: Buffer): Promise<void> {
    const { 'content-type': contentType = '' } = this.headers;
    this.body = body;
    try {
      this.form = await readForm(body, contentType);
      if (body.length > 0 && contentType.startsWith('application/json')) JSON.parse(body.toString());
    } catch {
      this.malformed = true;
    }
    this.whole = true;
  }

  /** The body parsed as JSON; throws when it isn't an object. */
  json(): Record<string, unknown> {
    const value: unknown = JSON.parse(this.body.toString());
    if (!isObject(value)) throw new TypeError(`the body of ${this.method} ${this.path} is not JSON object`);
    return value;
  }

  /** The body's fields where it is a JSON object or a form, else none. */
  fields(): Record<string, unknown> {
    if (this.form) return { ...this.form.fields };
    try {
      return this.json();
    } catch {
      return {};
    }
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads a multipart body with the parser Node already has; throws when it is no such body. */
async function readForm(body: Buffer, contentType: string | undefined): Promise<Form | undefined> {
  if (!contentType?.startsWith('multipart/form-data')) return undefined;
  const sent = new Response(new Uint8Array(body), { headers: { 'content-type': contentType } });
  const fields: Record<string, string> = {};
  const files = [];
  for (const [field, value] of await sent.formData()) {
    if (typeof value === 'string') fields[field] = value;
    else {
      const bytes = Buffer.from(await value.arrayBuffer());
      files.push({ field, filename: value.name, type: value.type, bytes });
    }
  }
  return { fields, files };
}
