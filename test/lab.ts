import { once } from 'node:events';
import { connect } from 'node:net';
import type { Test } from 'tap';
import type { Injected } from '../gateway.ts';
import { startSwitchyard, type Switchyard } from './switchyard.ts';
import type { Received } from './upstream/received.ts';
import { startUpstream, type Upstream, type UpstreamOptions } from './upstream/upstream.ts';

/** One upstream of ours, and the gateway with it as its provider `lab`. */
export interface Lab {
  readonly upstream: Upstream;
  readonly switchyard: Switchyard;
  /** what the upstream was asked by callers: the gateway itself asks for its model list */
  asked(): Received[];
}

export interface LabParts {
  readonly upstream?: UpstreamOptions;
  /** options of the provider, beside its URL and its key `upstream-key` */
  readonly provider?: Record<string, unknown>;
  /** the rest of the config */
  readonly config?: Record<string, unknown>;
  /** time, for example, or the environment */
  readonly injected?: Injected & { readonly env?: Record<string, string> };
}

/** Opens both for one test. The breaker never trips: tests here let one upstream fail again and again. */
export async function openLab(
  t: Test,
  { upstream: said, provider, config, injected }: LabParts = {},
): Promise<Lab> {
  const upstream = await startUpstream({ interval: 0, ...said });
  t.teardown(() => upstream.close());
  const lab = { use: 'openai-compatible', baseUrl: upstream.url, apiKey: 'upstream-key', ...provider };
  const options = {
    breaker: { failures: 1000, minimum: 1000 },
    retry: { again: 0 },
    providers: { lab },
    ...config,
  };
  const switchyard = await startSwitchyard(t, options, injected);
  const isLook = ({ method, path }: Received): boolean => method === 'GET' && path.endsWith('/models');
  return { upstream, switchyard, asked: () => upstream.requests.filter((request) => !isLook(request)) };
}

/** Sends bytes as they are over a plain socket, and gives all that came back once the connection is closed. */
export async function overSocket(url: string, bytes: string | Buffer): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const pieces: Buffer[] = [];
  socket.on('data', (piece: Buffer) => pieces.push(piece)).on('error', () => undefined);
  socket.write(bytes);
  await once(socket, 'close');
  return Buffer.concat(pieces).toString();
}

/** One request over a plain socket, where a client's library would tidy up its URL or its headers. */
export async function oneRequest(
  url: string,
  line: string,
  headers: readonly string[] = [],
  body = '',
  http = '1.1',
  host = '127.0.0.1',
) {
  const length = body === '' ? [] : [`content-length: ${Buffer.byteLength(body)}`];
  const head = [
    `${line} HTTP/${http}`,
    `host: ${host}`,
    'connection: close',
    ...headers,
    ...length,
    '',
    body,
  ];
  const answer = await overSocket(url, head.join('\r\n'));
  const [first = '', text = ''] = answer.split(/\r\n\r\n([^]*)/);
  return { status: Number(first.split(' ')[1]), head: first.toLowerCase(), text };
}
