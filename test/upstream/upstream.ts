import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Said, Upload } from './answers/answer.ts';
import { find } from './answers/routes.ts';
import { Choices } from './behaviours/choices.ts';
import type { BehaviourName, BehaviourOptions } from './behaviours/index.ts';
import { Connections } from './connections.ts';
import { Journal, type Which } from './journal.ts';
import { perform } from './perform.ts';
import { Received, type Left } from './received.ts';
import { errorBody, makeScene } from './scene.ts';
import { reply, type Script } from './script.ts';
import { testCertificate } from './tls.ts';

export interface UpstreamOptions {
  /** Which one it is; stands in `system_fingerprint`, `owned_by` and the header `x-upstream`. Default `upstream`. */
  readonly name?: string;
  /** Text deltas of every answer. */
  readonly text?: readonly string[];
  /** Chat: `reasoning_content` deltas before the text. */
  readonly reasoning?: readonly string[];
  /** Chat: a tool call after the text, its arguments in deltas. */
  readonly toolCall?: { readonly name: string; readonly arguments: readonly string[] };
  /** ms between deltas, default 1; 0 writes them all at once. */
  readonly interval?: number;
  /** The model that answers name; without it, the one that was asked for. */
  readonly model?: string;
  /** What GET /models lists. */
  readonly models?: readonly string[];
  /** Without this key as the bearer token the answer is 401. */
  readonly apiKey?: string;
  /** What the API's paths begin with, default `/v1`. */
  readonly prefix?: string;
  /** Speaks TLS with the test certificate (`upstream.ca`), for loopback or for that name. */
  readonly tls?: boolean | 'api.example.test';
  /** Default 0, any free one. */
  readonly port?: number;
  /** ms until a promise of `seen`, `left` or `quiet` gives up, default 20000. */
  readonly callerTimeout?: number;
}

/** Starts an upstream on loopback: an OpenAI-speaking server that is good until told to `behave` otherwise. */
export async function startUpstream(options: UpstreamOptions = {}): Promise<Upstream> {
  const upstream = new Upstream(options);
  await upstream.listen(options.port ?? 0);
  return upstream;
}

export class Upstream {
  readonly #options: UpstreamOptions;
  readonly #server;
  readonly #connections = new Connections();
  readonly #journal: Journal;
  readonly #uploads = new Map<string, Upload>();
  readonly #choices = new Choices();

  constructor(options: UpstreamOptions) {
    this.#options = options;
    this.#journal = new Journal(options.callerTimeout ?? 90_000);
    const answer = (request: IncomingMessage, response: ServerResponse) =>
      void this.#answer(request, response);
    // No idle clock of its own: a connection closes when a behaviour says so, not in the middle of a test.
    const server = { keepAliveTimeout: 0 };
    this.#server = options.tls
      ? createTlsServer({ ...server, ...this.#certificate }, answer)
      : createServer(server, answer);
    this.#server.on('connection', (socket: Socket) => this.#connections.add(socket));
  }

  async listen(port: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject).listen(port, '127.0.0.1', resolve);
    await promise;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** `http://127.0.0.1:PORT` */
  get origin(): string {
    return `${this.#options.tls ? 'https' : 'http'}://127.0.0.1:${this.port}`;
  }

  /** The base URL, `http://127.0.0.1:PORT/v1` */
  get url(): string {
    return this.origin + this.#prefix;
  }

  /** The certificate to trust, in PEM. */
  get ca(): string {
    return this.#certificate.cert;
  }

  get #certificate() {
    const { tls } = this.#options;
    return testCertificate(typeof tls === 'string' ? tls : 'localhost');
  }

  /** Everything that was received, probes too. */
  get requests(): readonly Received[] {
    return this.#journal.requests;
  }

  /** The POSTs among them. */
  get posts(): readonly Received[] {
    return this.requests.filter(({ method }) => method === 'POST');
  }

  /** Requests now being answered: the client is still there, and so is more of the answer. */
  get active(): number {
    return this.#journal.active();
  }

  /** Connections open now, and accepted so far. */
  get connections(): { readonly open: number; readonly accepted: number } {
    const { open, accepted } = this.#connections;
    return { open, accepted };
  }

  /** Gives up every connection that is there now. */
  closeConnections(): void {
    this.#connections.destroy();
  }

  /** How all following requests are answered, except GETs, which ask for lists and health and stay good. */
  behave<Name extends BehaviourName>(name: Name, options?: BehaviourOptions<Name>): void {
    this.#choices.always(name, options);
  }

  /** How the next request is answered, before `behave` holds again; calls queue. GETs don't take from the queue. */
  behaveOnce<Name extends BehaviourName>(name: Name, options?: BehaviourOptions<Name>): void {
    this.#choices.once(name, options);
  }

  /** How requests of one kind are answered, GETs too; comes before the others, the newest rule first. */
  behaveWhen<Name extends BehaviourName>(which: Which, name: Name, options?: BehaviourOptions<Name>): void {
    this.#choices.when(which, name, options);
  }

  /** Good again, and what was received is forgotten. */
  forget(): void {
    this.#choices.reset();
    this.#journal.requests.length = 0;
  }

  /** The n-th request (from 1), once its body is here; `which` counts only some. */
  seen(n = 1, which?: Which): Promise<Received> {
    return this.#journal.seen(n, which);
  }

  /** When the client went away, once the exchange is over; `undefined` if it stayed to the end. */
  async left(request: Received): Promise<Left | undefined> {
    return (await this.#journal.over(request)).left;
  }

  /** The record of a request once its exchange is over. */
  over(request: Received): Promise<Received> {
    return this.#journal.over(request);
  }

  /** Settles when nothing is being answered. */
  quiet(): Promise<void> {
    return this.#journal.quiet();
  }

  /** Stops listening and destroys every connection. Twice is fine. */
  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    this.#connections.destroy();
    await promise;
  }

  get #prefix(): string {
    return this.#options.prefix ?? '/v1';
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socketId, nthOnSocket, tcp } = this.#connections.arrived(incoming.socket);
    const { method = '', url: path = '', headers, rawHeaders } = incoming;
    const request = new Received({ method, path, headers, rawHeaders, socketId, nthOnSocket });
    this.#journal.add(request);
    const gone = new AbortController();
    response.once('close', () => {
      this.#close(request, response);
      gone.abort();
    });

    const body = await readBody(incoming);
    if (!body) return;
    await request.take(body);
    this.#journal.changed();
    response.setHeader('x-upstream', this.#name);
    await perform(this.#script(request), { request, response, tcp, gone: gone.signal });
  }

  #close(request: Received, response: ServerResponse): void {
    if (response.writableFinished) request.ended = true;
    else if (!request.broken) request.left = response.headersSent ? 'mid-body' : 'before-head';
    request.overAt = performance.now();
    this.#journal.changed();
  }

  #script(request: Received): Script {
    const { apiKey } = this.#options;
    if (apiKey !== undefined && request.headers.authorization !== `Bearer ${apiKey}`) {
      return refuse(401, 'Incorrect API key provided.', 'invalid_api_key');
    }
    if (request.malformed) return refuse(400, 'The body is not what its content type says.', 'malformed');
    const { surface, params } = find(request.method, request.path, this.#prefix);
    const fields = request.fields();
    const asked = {
      request,
      fields,
      params,
      models: this.#options.models ?? defaultModels,
      uploads: this.#uploads,
    };
    const scene = makeScene(surface, asked, this.#said(fields['model']), this.#options.interval ?? 1);
    return this.#choices.for(request).play(scene);
  }

  #said(asked: unknown): Said {
    const { text = defaultText, reasoning = [], toolCall, model } = this.#options;
    return {
      model: model ?? (typeof asked === 'string' ? asked : 'test-model'),
      name: this.#name,
      text,
      reasoning,
      toolCall,
      finish: toolCall ? 'tool_calls' : 'stop',
      blank: '',
    };
  }

  get #name(): string {
    return this.#options.name ?? 'upstream';
  }
}

function refuse(status: number, message: string, code: string): Script {
  const error = errorBody(message, 'invalid_request_error', code);
  return reply(status, { 'content-type': 'application/json' }, JSON.stringify(error));
}

const defaultText = ['Hello', ' there', ',', ' Grüße', ' an', ' 世界', ' 👋', '.'];
const defaultModels = ['test-model'];

/** The request's body, or nothing when the client left while sending it. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  try {
    return Buffer.concat(await incoming.toArray());
  } catch {
    return undefined;
  }
}
