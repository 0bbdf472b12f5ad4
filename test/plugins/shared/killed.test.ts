import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { Agent, request } from 'undici';
import { freePort, startCommand } from '../../command.ts';
import { until } from '../../fleet.ts';
import { noRedis, redisServer } from '../../redis.ts';
import { testFolder } from '../../test-folder.ts';

const HAPROXY = '/usr/sbin/haproxy';
const isThere = spawnSync(HAPROXY, ['-v'], { stdio: 'ignore' }).error === undefined;
const skip = noRedis || (isThere ? false : 'haproxy is not installed');

const STREAMS = 200;
const LIMIT = 230;
/** The killed gateway takes its part of the limit with it: at most a twentieth of what was left, divided by the gateways. */
const PART = Math.ceil(LIMIT / 20 / 3);
const chunk = (content: string, finish: string | null): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`;

/** A model server whose streams end when they are told to. */
async function modelServer(t: Test) {
  const open = new Set<ServerResponse>();
  const state = { asked: 0, holds: true };
  const end = (response: ServerResponse): void =>
    void response.end(`${chunk(' world', 'stop')}data: [DONE]\n\n`);
  const server = createServer(async (incoming, response) => {
    await incoming.toArray();
    if (incoming.method !== 'POST') return void response.end('{"data":[]}');
    state.asked++;
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chunk('hello', null));
    if (!state.holds) return end(response);
    open.add(response);
    response.on('close', () => open.delete(response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    open,
    state,
    endAll(): void {
      state.holds = false;
      for (const response of open) end(response);
    },
  };
}

async function haproxy(t: Test, servers: readonly string[]): Promise<string> {
  const port = await freePort();
  const file = join(testFolder(t), 'haproxy.cfg');
  const each = servers.map((url, at) => `  server node-${at} ${new URL(url).host} check inter 200ms`);
  writeFileSync(
    file,
    `defaults
  mode http
  timeout connect 5s
  timeout client 5m
  timeout server 5m
  option redispatch
frontend all
  bind 127.0.0.1:${port}
  default_backend gateways
backend gateways
  balance roundrobin
  http-response set-header x-node %s
${each.join('\n')}
`,
  );
  const child = spawn(HAPROXY, ['-db', '-f', file], { stdio: 'ignore' });
  t.teardown(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return `http://127.0.0.1:${port}`;
    await sleep(20);
  }
}

t.test(
  'of three gateways behind HAProxy one is killed: only its own streams break, and limits hold',
  { skip, timeout: 300_000 },
  async (t) => {
    const server = await modelServer(t);
    const { url } = await redisServer(t);
    const commands = Array.from({ length: 3 }, (_, nth) =>
      startCommand(t, {
        config: {
          server: { port: 0 },
          discover: false,
          home: testFolder(t),
          history: { enabled: false },
          shared: { use: 'redis', url, node: `node-${nth}` },
          providers: {
            lab: { use: 'openai-compatible', baseUrl: server.url, apiKey: 'k', models: { m: 'm' } },
          },
          auth: { limits: { all: { requests: { total: LIMIT } } } },
        },
      }),
    );
    const urls = await Promise.all(commands.map((command) => command.url));
    const front = await haproxy(t, urls);
    const agent = new Agent({ connections: STREAMS, headersTimeout: 0, bodyTimeout: 0 });
    t.teardown(() => agent.destroy());
    const ask = async () => {
      const { statusCode, headers, body } = await request(`${front}/v1/chat/completions`, {
        method: 'POST',
        dispatcher: agent,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] }),
      });
      let text = '';
      let isBroken = false;
      const read = async (): Promise<void> => {
        try {
          for await (const piece of body) text += String(piece);
        } catch {
          isBroken = true;
        }
      };
      const over = read().then(() => ({ text, isBroken }));
      return { status: statusCode, node: String(headers['x-node']), over };
    };
    const streams = await Promise.all(Array.from({ length: STREAMS }, ask));
    for (const { status } of streams) if (status !== 200) t.fail(`${status}`);
    t.equal(server.open.size, STREAMS);
    const own = streams.filter(({ node }) => node === 'node-0');
    t.ok(own.length > 0 && own.length < STREAMS, `${own.length} streams are the killed gateway's`);
    commands[0]!.child.kill('SIGKILL');
    for (const stream of own) {
      const { text, isBroken } = await stream.over;
      t.match(text, /hello/);
      t.ok(isBroken, 'its end is no clean one');
      t.notMatch(text, /\[DONE\]/);
    }
    await until(() => server.open.size === STREAMS - own.length);
    server.endAll();
    for (const stream of streams.filter(({ node }) => node !== 'node-0')) {
      const { text, isBroken } = await stream.over;
      t.notOk(isBroken);
      t.match(text, /hello[^]*world[^]*\[DONE\]/, 'the others end as they would have');
    }
    let passed = STREAMS;
    for (;;) {
      const { status, over } = await ask();
      await over;
      if (status === 429) break;
      t.equal(status, 200);
      passed++;
    }
    t.ok(passed <= LIMIT && passed >= LIMIT - PART, `${passed} of ${LIMIT} passed`);
    t.equal(server.state.asked, passed);
  },
);
