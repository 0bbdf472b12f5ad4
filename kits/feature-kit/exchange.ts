import type { Exchange, Handler, Transport, UpstreamRequest } from '../../core/contracts/index.ts';

/** The most bytes of an answer to a request of the gateway's own. */
const LONGEST = 8 * 1024 * 1024;

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** What is posted, and how long it may take. */
export interface Post {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly withinMs: number;
  /** gives up */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Posts to an address that is no provider's, such as a webhook, through the proxy that the environment names.
 * @throws Error without an answer within that time
 */
export function post(transport: Transport, url: string, { headers, body, ...waits }: Post): Promise<Answer> {
  const { origin, pathname, search, username, password } = new URL(url);
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
  const request: UpstreamRequest = {
    origin,
    path: pathname + search,
    method: 'POST',
    headers: {
      ...(username !== '' && { authorization: `Basic ${credentials.toString('base64')}` }),
      ...headers,
    },
    body: Buffer.from(body),
  };
  return exchanged(transport, () => request, waits);
}

interface Waits {
  readonly withinMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Sends one request of the gateway's own and reads its answer to the end.
 * @param write may throw
 * @throws Error without an answer within that time
 */
export function exchanged(
  transport: Transport,
  write: () => UpstreamRequest,
  { withinMs, signal }: Waits,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let exchange: Exchange | undefined;
    let status = 0;
    const chunks: Buffer[] = [];
    let length = 0;
    const over = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
    };
    const fail = (error: Error): void => {
      over();
      exchange?.abort();
      reject(error);
    };
    const aborted = (): void => fail(new Error('it is not wanted any more'));
    const timer = setTimeout(() => fail(new Error(`no answer within ${withinMs} ms`)), withinMs);
    const handler: Handler = {
      connected: () => {},
      head: (code) => void (status = code),
      data: (chunk) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length > LONGEST) fail(new Error(`its answer is longer than ${LONGEST} bytes`));
      },
      end: () => {
        over();
        resolve({ status, body: Buffer.concat(chunks) });
      },
      lost: fail,
    };
    if (signal?.aborted) return aborted();
    signal?.addEventListener('abort', aborted);
    try {
      exchange = transport.request(write(), handler);
    } catch (error) {
      // A plugin or the config made a request that cannot be sent.
      fail(error as Error);
    }
  });
}
