import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import type { Test } from 'tap';

/** One request that it got, and whether its signature is right. */
export interface Asked {
  readonly method: string;
  /** as it came, with its escapes */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Record<string, unknown>;
  readonly isSigned: boolean;
}

/** An answer: JSON, or the events of a stream, each `{ name: payload }`; a name that ends with Exception is one. */
export type Said =
  | { readonly status?: number; readonly json: unknown; readonly type?: string }
  | { readonly events: readonly Record<string, unknown>[]; readonly isCut?: boolean };

export interface Bedrock {
  readonly url: string;
  readonly asked: Asked[];
  /** the following requests get these, the last of them for ever */
  say(...all: readonly Said[]): void;
}

export const KEYS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString(),
  (text) => Buffer.from(text),
);

/** A server that speaks the Converse API, encodes its streams with AWS's own codec, and checks each signature itself. */
export async function startBedrock(
  t: Test,
  secrets: Readonly<Record<string, string>> = {},
): Promise<Bedrock> {
  const asked: Asked[] = [];
  const queue: Said[] = [];
  const known = { [KEYS.accessKeyId]: KEYS.secretAccessKey, ...secrets };
  const server = createServer((request, response) => void answer(request, response));
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const { method = '', url = '', headers } = request;
    const isSigned = isSignatureRight({ method, path: url, headers, body }, known);
    asked.push({ method, path: url, headers, body: JSON.parse(body.toString() || '{}'), isSigned });
    const isBearer = headers.authorization?.startsWith('Bearer ');
    if (!isSigned && !isBearer) {
      response.writeHead(403, {
        'content-type': 'application/json',
        'x-amzn-errortype': 'InvalidSignatureException',
      });
      return void response.end('{"message":"The request signature we calculated does not match"}');
    }
    const said = queue.length > 1 ? queue.shift() : queue[0];
    if (said) write(response, said);
    else response.writeHead(500).end();
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => (server.closeAllConnections(), server.close()));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    say: (...all) => void queue.splice(0, queue.length, ...all),
  };
}

function write(response: ServerResponse, said: Said): void {
  if ('json' in said) {
    const { status = 200, json, type } = said;
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(type !== undefined && { 'x-amzn-errortype': `${type}:http://internal.amazon.com/coral/` }),
    });
    return void response.end(JSON.stringify(json));
  }
  response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
  const bytes = Buffer.concat(said.events.map(encoded));
  // In pieces that do not respect the messages.
  for (let at = 0; at < bytes.length; at += 37) response.write(bytes.subarray(at, at + 37));
  if (said.isCut) response.destroy();
  else response.end();
}

/** One message of an event stream, as AWS's own codec writes it. */
export function encoded(event: Record<string, unknown>): Buffer {
  const [[name = '', payload] = []] = Object.entries(event);
  const text = (value: string) => ({ type: 'string' as const, value });
  const isException = name.endsWith('Exception');
  const headers = {
    [isException ? ':exception-type' : ':event-type']: text(name),
    ':content-type': text('application/json'),
    ':message-type': text(isException ? 'exception' : 'event'),
  };
  return Buffer.from(codec.encode({ headers, body: Buffer.from(JSON.stringify(payload)) }));
}

interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** Signature Version 4, written from AWS's description of it. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
export function isSignatureRight(
  { method, path, headers, body }: Request,
  secrets: Readonly<Record<string, string>>,
  wanted = 'bedrock',
): boolean {
  const said =
    /Credential=([^/]+)\/(\d+)\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(\w+)/.exec(
      headers.authorization ?? '',
    );
  if (!said) return false;
  const [, id = '', day = '', region = '', service = '', names = '', signature] = said;
  const [pathname = '', query = ''] = path.split('?');
  // Each segment is escaped once more than it stands in the request.
  const escaped = pathname.split('/').map(encodeURIComponent).join('/');
  const canonical = [
    method,
    escaped,
    query.split('&').sort().join('&'),
    ...names.split(';').map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    names,
    headers['x-amz-content-sha256'] ?? sha256(body),
  ].join('\n');
  const date = String(headers['x-amz-date']);
  const toSign = [
    'AWS4-HMAC-SHA256',
    date,
    `${day}/${region}/${service}/aws4_request`,
    sha256(canonical),
  ].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secrets[id]}`);
  const isOfBody = (headers['x-amz-content-sha256'] ?? sha256(body)) === sha256(body);
  return isOfBody && service === wanted && hmac(key, toSign).toString('hex') === signature;
}
