import type { Test } from 'tap';
import { LogController, type FastifyInstance } from 'fastify';
import { renewable } from '../server/renewable.ts';
import { Agent, request as undiciRequest, type Dispatcher } from 'undici';
import { PluginRegistry } from '../config/plugins/registry.ts';
import { checkConfig, type Loaded } from '../config/check.ts';
import { readConfig } from '../config/read.ts';
import { nothingHere, unreadable } from '../server/error-handler.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { openGateway, root, type Injected } from '../gateway.ts';

/** The real gateway on a real socket, as `main.ts` opens it, closed when the test ends. */
export interface Switchyard {
  readonly url: string;
  readonly app: FastifyInstance;
  readonly gateway: Gateway;
  /** what it logged, one JSON object a line */
  readonly log: readonly string[];
  ask(path: string, options?: Ask): Promise<Answer>;
  /** `POST /v1/chat/completions` */
  chat(body?: Record<string, unknown>, options?: Ask): Promise<Answer>;
  /** the newest trace, or the one with that id */
  trace(id?: string): Promise<Trace>;
  /** the newest traces, newest first */
  traces(count: number): Promise<Trace[]>;
  close(): Promise<void>;
}

export interface Ask {
  method?: Dispatcher.HttpMethod;
  headers?: Record<string, string>;
  body?: Buffer | string | Record<string, unknown>;
  signal?: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly text: string;
  /** the body parsed as JSON */
  json(): Parsed;
  /** `data:` payloads of an event stream, in order */
  readonly events: string[];
  /** the text of all content deltas */
  readonly content: string;
  /** the body did not end in good form */
  readonly broken: boolean;
}

// oxlint-disable-next-line typescript/no-explicit-any -- tests read deep into answers whose shape they then assert
export type Parsed = any;
export type Trace = Parsed;

const registry = await PluginRegistry.read(root);
const client = new Agent({ keepAliveTimeout: 1_000, pipelining: 0 });

/**
 * @param config in the words of `switchyard.yaml`; nothing is looked for on the machine unless `discover` is said, no
 * history is written unless `history` is, and any model's name will do unless `unknownModels` is (undefined: as by default)
 */
export async function startSwitchyard(
  t: Test,
  config: Record<string, unknown>,
  injected: Injected & { env?: Record<string, string>; plugins?: PluginRegistry } = {},
): Promise<Switchyard> {
  const { plugins = registry } = injected;
  const value = { discover: false, history: { enabled: false }, unknownModels: 'route', ...config };
  const loaded = await checkConfig({
    value: Object.fromEntries(Object.entries(value).filter(([, said]) => said !== undefined)),
    env: injected.env ?? {},
    registry: plugins,
    folder: t.testdirName,
  });
  return openSwitchyard(t, loaded, injected, plugins);
}

/** The same from a file in `folder`: the one named, or the first that a gateway there would find. */
export async function startSwitchyardFrom(
  t: Test,
  folder: string,
  { file, env = {}, ...injected }: Injected & { file?: string; env?: Record<string, string> } = {},
): Promise<Switchyard> {
  return openSwitchyard(t, await readConfig({ file, root: folder, env, registry }), injected);
}

async function openSwitchyard(
  t: Test,
  loaded: Loaded,
  injected: Injected,
  plugins = registry,
): Promise<Switchyard> {
  const log: string[] = [];
  const { app, renew } = renewable({
    bodyLimit: loaded.config.server.bodyLimit,
    logController: new LogController({ disableRequestLogging: true }),
    logger: { level: 'debug', stream: { write: (line: string) => void log.push(line) } },
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, maxParamLength: 500 },
    frameworkErrors: unreadable,
  });
  const opened: { gateway?: Gateway } = {};
  app.register(async (instance) => {
    // Here rather than outside, so that the guard and the key check come first.
    instance.setNotFoundHandler(nothingHere);
    opened.gateway = await openGateway(instance, { loaded, registry: plugins, injected, renew });
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(() => app.close());
  const ask = (path: string, options: Ask = {}): Promise<Answer> => asked(url + path, options);
  const traceOf = async (id: string): Promise<Trace> => (await ask(`/requests/${id}`)).json();
  const traces = async (count: number): Promise<Trace[]> => {
    const { data } = (await ask(`/requests?limit=${count}`)).json() as { data: { id: string }[] };
    return Promise.all(data.map(({ id }) => traceOf(id)));
  };
  return {
    url,
    app,
    gateway: opened.gateway as Gateway,
    log,
    ask,
    chat: (body = {}, options = {}) =>
      ask('/v1/chat/completions', {
        body: { model: 'm', messages: [{ role: 'user', content: 'hi' }], ...body },
        ...options,
      }),
    trace: async (id) => (id === undefined ? (await traces(1))[0] : traceOf(id)),
    traces,
    close: () => app.close(),
  };
}

async function asked(url: string, { method, headers = {}, body, signal }: Ask): Promise<Answer> {
  const bytes =
    body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const response = await undiciRequest(url, {
    dispatcher: client,
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    body: bytes ?? null,
    ...(signal ? { signal } : {}),
  });
  const chunks: Buffer[] = [];
  let broken = false;
  try {
    for await (const chunk of response.body) chunks.push(chunk as Buffer);
  } catch {
    broken = true;
  }
  const text = Buffer.concat(chunks).toString();
  const events = text
    .split(/\r\n|\n|\r/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).trimStart());
  return {
    status: response.statusCode,
    headers: response.headers as Record<string, string>,
    text,
    json: () => JSON.parse(text) as Parsed,
    events,
    content: events.map(deltaOf).join(''),
    broken,
  };
}

function deltaOf(data: string): string {
  try {
    const { choices } = JSON.parse(data) as { choices?: { delta?: { content?: string } }[] };
    return choices?.[0]?.delta?.content ?? '';
  } catch {
    return '';
  }
}
