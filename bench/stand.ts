// Starts the upstream and a peer, and makes sure that they answer before anything is measured.
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { ChildProcess } from 'node:child_process';
import { CERTIFICATE } from './certificate.ts';
import { wait } from './clock.ts';
import { peersNode } from './node.ts';
import { here, type Peer } from './peer.ts';
import { start } from './processes.ts';

/** The upstream's origins: its counters are read without TLS. */
export interface Upstream {
  plain: string;
  secure: string;
}

/** Starts the upstream. Its process is added to `children` at once. */
export async function startUpstream(node: readonly string[], children: ChildProcess[]): Promise<Upstream> {
  const child = start([...node, here('upstream.ts')], 'rest', { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const signal = AbortSignal.timeout(10_000);
  const ended = once(child, 'exit', { signal }).then(() => Promise.reject(new Error('the upstream ended')));
  const [said] = await Promise.race([once(child.stdout!, 'data', { signal }), ended]);
  const [plain, secure] = String(said).trim().split(' ');
  return { plain: `http://127.0.0.1:${plain}`, secure: `https://127.0.0.1:${secure}` };
}

/** Starts the peer in a clean folder and waits until it is ready; nothing for `direct`. */
export async function startPeer(
  peer: Peer,
  node: readonly string[],
  upstream: string,
  children: ChildProcess[],
): Promise<{ url: string; pid: number } | undefined> {
  if (peer.launch === undefined) return undefined;
  const folder = here(`.work/${peer.name}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const log = openSync(`${folder}/output.log`, 'w');
  const command = peer.launch({ port, upstream, folder, node: peersNode(node) });
  const child = start(command, 'gateway', {
    stdio: ['ignore', log, log],
    cwd: folder,
    env: { NODE_EXTRA_CA_CERTS: CERTIFICATE },
  });
  closeSync(log);
  children.push(child);
  const url = `http://127.0.0.1:${port}`;
  if (await isReady(url, child)) return { url, pid: child.pid! };
  const said = readFileSync(`${folder}/output.log`, 'utf8').slice(-2_000);
  throw new Error(`it did not become ready:\n${said}`);
}

/** As all of the load sends it. */
const KEY = { authorization: 'Bearer bench' };

async function isReady(url: string, child: ChildProcess): Promise<boolean> {
  for (
    let waited = 0;
    waited < 20_000 && child.exitCode === null && child.signalCode === null;
    waited += 25
  ) {
    const answer = await fetch(`${url}/v1/models`, { headers: KEY }).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.status === 200) return true;
    await wait(25);
  }
  return false;
}

/** One plain request: a gateway that changes the upstream's answer would be measured at the wrong thing. */
export async function tryOut(url: string): Promise<void> {
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...KEY },
    body: JSON.stringify({ model: 'bench-model', messages: [{ role: 'user', content: 'hello' }] }),
  });
  const text = await answer.text();
  if (answer.status === 200 && text.includes('answer answer')) return;
  throw new Error(`it answered a plain request with ${answer.status}: ${text.slice(0, 500)}`);
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return address !== null && typeof address === 'object' ? address.port : 0;
}
