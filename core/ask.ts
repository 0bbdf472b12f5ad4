import type { Target } from './contracts.ts';
import type { Exchange, Transport } from './transport.ts';

/** An answer to a question of our own is not longer than this, in bytes. */
const LONGEST = 8 * 1024 * 1024;

/** A question of the house's own to a provider, with its key and headers: `GET` that path, JSON back. */
export function ask(transport: Transport, target: Target, path: string, within: number): Promise<unknown> {
  const call = { surface: 'models', method: 'GET', path, headers: {}, raw: Buffer.alloc(0), model: '' };
  const request = target.provider.request(
    { ...call, stream: false, choices: 1, format: 'opaque', forwardAuthorization: false },
    target,
  );
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let status = 0;
    const fail = (error: Error): void => {
      clearTimeout(timer);
      exchange?.abort();
      reject(error);
    };
    const timer = setTimeout(() => fail(new Error(`no answer within ${within} ms`)), within);
    const exchange: Exchange | undefined = transport.request(request, {
      connected: () => {},
      head: (code) => void (status = code),
      data: (chunk) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length > LONGEST) fail(new Error(`its answer is longer than ${LONGEST} bytes`));
      },
      end: () => {
        clearTimeout(timer);
        if (status !== 200) return reject(new Error(`it answered ${status}`));
        try {
          resolve(JSON.parse(Buffer.concat(chunks).toString()));
        } catch {
          reject(new Error('its answer is no JSON'));
        }
      },
      lost: fail,
    });
  });
}
