import { starter } from '../installation.ts';
import { EXIT, Failure } from './fail.ts';

interface AttemptDeps {
  readonly headers?: Readonly<Record<string, string>>;
  /** aborts the wait for the answer */
  readonly signal?: AbortSignal;
}

/** A running gateway, called over its API. */
export class Gateway {
  readonly url: string;
  readonly key: string | undefined;

  constructor(url: string, key: string | undefined) {
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
      throw new Failure(`--url '${url}' is not a URL such as http://127.0.0.1:7999`, EXIT.usage);
    // Clients of OpenAI's API are given it with /v1.
    this.url = url.replace(/\/+$/, '').replace(/\/v1$/, '');
    this.key = key;
  }

  /** @throws Failure with the gateway's own message, or that no gateway answers */
  async ask<Answer>(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
    sending?: AttemptDeps,
  ): Promise<Answer> {
    const response = await this.send(method, path, body, sending);
    const text = await response.text();
    try {
      return JSON.parse(text) as Answer;
    } catch {
      throw new Failure(`${this.url}${path} is not a Switchyard gateway: it did not answer with JSON`);
    }
  }

  /** The answer as it streams, once its status is good. */
  async send(
    method: string,
    path: string,
    body?: unknown,
    { headers = {}, signal }: AttemptDeps = {},
  ): Promise<Response> {
    const all = {
      ...headers,
      ...(this.key === undefined ? {} : { authorization: `Bearer ${this.key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const init = { method, headers: all, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const response = await fetch(this.url + path, { ...init, ...(signal && { signal }) }).catch(
      (error: Error) => {
        signal?.throwIfAborted();
        const { code, message } = (error.cause ?? error) as NodeJS.ErrnoException;
        throw new Failure(
          `no gateway answers at ${this.url} (${code ?? message}); start one with ${starter}, or name one with --url`,
          EXIT.unreachable,
        );
      },
    );
    // An unhealthy gateway answers with an error status and its state in the body.
    if (response.ok || (path === '/health' && response.status === 503)) return response;
    const said = messageIn(await response.text()) ?? `${this.url}${path} answered ${response.status}`;
    throw new Failure(refusesKey(response.status) ? `${said} (here: --key KEY, or SWITCHYARD_KEY)` : said);
  }
}

const refusesKey = (status: number): boolean => status === 401;

function messageIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { error?: { message?: string } }).error?.message;
  } catch {
    return undefined;
  }
}
