import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { Agent, request } from 'undici';
import type { Quirks, Target } from '../core/contracts/index.ts';
import type { Injected } from '../gateway.ts';
import { startSwitchyard, type Switchyard, type Parsed } from './switchyard.ts';
import type { Received } from './upstream/received.ts';
import { startUpstream, type Upstream, type UpstreamOptions } from './upstream/upstream.ts';
import { testFolder } from './test-folder.ts';

/** An upstream of that name, closed when the test ends. */
export async function upstream(t: Test, name: string, options: UpstreamOptions = {}): Promise<Upstream> {
  const started = await startUpstream({ name, ...options });
  t.teardown(() => started.close());
  return started;
}

/** An upstream that answers every request with these very bytes and then ends its connection, resets it, or does nothing more. */
export async function rawUpstream(
  t: Test,
  answer: string,
  then: 'end' | 'reset' | 'hang' = 'end',
): Promise<{ readonly url: string; readonly asked: () => number }> {
  let asked = 0;
  const server = createServer(async (incoming) => {
    if (incoming.method === 'POST') asked++;
    await incoming.toArray();
    // Past HTTP; the bytes have left for certain once the callback comes.
    incoming.socket.write(answer, 'latin1', () => {
      if (then === 'end') incoming.socket.destroySoon();
      if (then === 'reset') setTimeout(() => incoming.socket.resetAndDestroy(), 10);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, asked: () => asked };
}

type Options = Record<string, unknown>;

interface Front extends Options {
  /** options of every provider */
  each?: Options;
  /** options of one, by its name */
  only?: Record<string, Options>;
  /** more of what `models.m` says */
  route?: Options;
  /** No target is tried twice, unless a test is about that. */
  retry?: Options;
}

/**
 * A provider plugin of the test's own, to be named by `use`: it speaks OpenAI, with these facts and members.
 * @param members source text, as it stands in an object
 */
export function ownProvider(t: Test, facts: Partial<Quirks>, members = ''): string {
  const { href: core } = new URL('../kits/provider-kit/index.ts', import.meta.url);
  const quirks = JSON.stringify(facts);
  testFolder(t, {
    'own.ts': `
      import { remote, remoteOptions } from ${JSON.stringify(core)};
      const create = (options, host) => ({ ...remote(options, host, { quirks: ${quirks} }), ${members} });
      export default { name: 'own', options: remoteOptions, create };`,
  });
  return './own.ts';
}

/** A gateway before one upstream. */
export async function startOne(
  t: Test,
  config: Record<string, unknown> = {},
): Promise<{ switchyard: Switchyard; one: Upstream }> {
  const one = await upstream(t, 'one');
  return { switchyard: await gatewayInFront(t, { one }, config), one };
}

/** A gateway whose model `m` is answered by these upstreams, asked in this order: each is a provider of its name. */
export async function gatewayInFront(
  t: Test,
  upstreams: Record<string, { readonly url: string }>,
  { each = {}, only = {}, route = {}, retry = {}, ...config }: Front = {},
  injected: Injected = {},
): Promise<Switchyard> {
  const names = Object.keys(upstreams);
  const providers = names.map((name) => {
    // With its models named, no list of them is requested, which would restart the targets' turns.
    const usual = { use: 'openai-compatible', baseUrl: upstreams[name]!.url, models: { m: 'm' } };
    return [name, { ...usual, ...each, ...only[name] }];
  });
  const m = {
    strategy: { use: 'round-robin' },
    targets: names.map((provider) => ({ provider })),
    ...route,
  };
  return startSwitchyard(
    t,
    { providers: Object.fromEntries(providers), models: { m }, retry: { again: 0, ...retry }, ...config },
    injected,
  );
}

export function targetOf({ gateway }: Switchyard, provider: string): Target {
  return gateway.upstreams.get(provider)!.target('m');
}

/** What is asked of each API that streams, less `stream`. */
export const surfaces = {
  chat: { path: '/chat/completions', body: { model: 'm', messages: [{ role: 'user', content: 'Hi' }] } },
  completions: { path: '/completions', body: { model: 'm', prompt: 'Hi' } },
  responses: { path: '/responses', body: { model: 'm', input: 'Hi' } },
} as const;

export type SurfaceName = keyof typeof surfaces;
export const surfaceNames = Object.keys(surfaces) as SurfaceName[];

export interface Bytes {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
  /** the body did not end in good form */
  readonly broken: boolean;
}

/** ms; the machine may be busy */
const PATIENCE = 90_000;
const client = new Agent({ keepAliveTimeout: 1_000, allowH2: false });

/** Asks a gateway (`gateway.url + '/v1'`) or an upstream (`upstream.url`) through one of the APIs, for a stream unless told otherwise. */
export async function bytesFrom(url: string, surface: SurfaceName, more: Options = {}): Promise<Bytes> {
  const { path, body } = surfaces[surface];
  const response = await request(url + path, {
    dispatcher: client,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, stream: true, ...more }),
  });
  const chunks: Buffer[] = [];
  let broken = false;
  try {
    for await (const chunk of response.body) chunks.push(chunk as Buffer);
  } catch {
    broken = true;
  }
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks), broken };
}

/** Bytes as text, one character each, with the ids that our upstreams count made equal. */
export function plain(bytes: Buffer): string {
  return bytes.toString('latin1').replaceAll(/\d{8}(?=")/g, '########');
}

/** A client that reads only when it wants to and can go away at any time: settles with the head of the answer. */
export async function opened(
  switchyard: Switchyard,
  body: Options = {},
  signal?: AbortSignal,
): Promise<IncomingMessage> {
  const bytes = JSON.stringify({ ...surfaces.chat.body, stream: true, ...body });
  const asked = httpRequest(`${switchyard.url}/v1/chat/completions`, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(bytes) },
    ...(signal ? { signal } : {}),
  });
  asked.end(bytes);
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  // An aborted request fails with its own abort.
  asked.on('error', () => {});
  response.on('error', () => {});
  return response;
}

/** Settles once it holds; looks again every few ms, and in the end says what it waited for. */
export async function until(holds: () => boolean, what: () => string): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`after ${PATIENCE} ms still not: ${what()}`);
    await sleep(5);
  }
}

/** Settles once nothing is under way at any target of the gateway: places are given back when the upstream's side is over. */
export async function idle({ gateway }: Switchyard): Promise<void> {
  const targets = () => [...gateway.upstreams.values()].flatMap(({ targets: own }) => [...own]);
  await until(
    () => targets().every(({ inflight }) => inflight === 0),
    () => 'nothing in flight',
  );
}

/** Counts only what the gateway was asked to pass on, not its own looks at lists and health. */
export const post = ({ method }: Received): boolean => method === 'POST';

/** The error that a JSON answer or the last event of a stream tells; a response has its whole self behind it. */
export function errorOf(text: string): Parsed {
  const events = text.trimEnd().split(/\n\n/);
  const last = events.findLast((event) => !event.startsWith('event: response.failed\n')) ?? '';
  const data =
    last
      .split('\n')
      .find((line) => line.startsWith('data: '))
      ?.slice(6) ?? last;
  return (JSON.parse(data) as Parsed).error;
}
