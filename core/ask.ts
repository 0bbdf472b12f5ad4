import type { Target } from './contracts.ts';
import type { Exchange, Handler, Transport } from './transport.ts';

/** An answer to a question of our own is not longer than this, in bytes. */
const LONGEST = 8 * 1024 * 1024;

/** Whether anybody is there: any answer but a 5xx within so many ms to a `GET` of that path. */
export function answers(
  transport: Transport,
  target: Target,
  path: string,
  within: number,
): Promise<boolean> {
  return ask(transport, target, path, within).then(
    () => true,
    (error: Error) => error instanceof Unwelcome && error.status < 500,
  );
}

/** It answered, and not as it was asked to. */
class Unwelcome extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** A question of the house's own to a provider, with its key and headers: `GET` that path, JSON back. */
export function ask(transport: Transport, target: Target, path: string, within: number): Promise<unknown> {
  const call = { surface: 'models', method: 'GET', path, headers: {}, raw: Buffer.alloc(0), model: '' };
  const request = target.provider.request(
    { ...call, stream: false, choices: 1, format: 'opaque', forwardAuthorization: false },
    target,
  );
  return new Promise((resolve, reject) => {
    let exchange: Exchange | undefined;
    const chunks: Buffer[] = [];
    let length = 0;
    let status = 0;
    const fail = (error: Error): void => {
      clearTimeout(timer);
      exchange?.abort();
      reject(error);
    };
    const timer = setTimeout(() => fail(new Error(`no answer within ${within} ms`)), within);
    const handler: Handler = {
      connected: () => {},
      head: (code) => void (status = code),
      data: (chunk) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length > LONGEST) fail(new Error(`its answer is longer than ${LONGEST} bytes`));
      },
      end: () => {
        clearTimeout(timer);
        if (status !== 200) return reject(new Unwelcome(status, `it answered ${status}`));
        try {
          resolve(JSON.parse(Buffer.concat(chunks).toString()));
        } catch {
          reject(new Unwelcome(status, 'its answer is no JSON'));
        }
      },
      lost: fail,
    };
    try {
      exchange = transport.request(request, handler);
    } catch (error) {
      // The config wrote what is no request.
      fail(error as Error);
    }
  });
}
