import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { request } from 'undici';
import { root } from '../gateway.ts';
import { freePort } from './command.ts';
import { startHouse } from './house.ts';
import { testFolder } from './test-folder.ts';
import { startUpstream } from './upstream/upstream.ts';

const NGINX = '/usr/sbin/nginx';
const HAPROXY = '/usr/sbin/haproxy';
const isThere = spawnSync(NGINX, ['-v']).status === 0;
const hasHaproxy = spawnSync(HAPROXY, ['-v']).status === 0;
const KEY = 'sk-behind-nginx';

/** The page's own example, on these ports and without TLS. */
async function example(port: number, gateway: string): Promise<string> {
  const page = await readFile(join(root, 'docs/behind-a-proxy.md'), 'utf8');
  const [, text = ''] = /```nginx\n([^]*?)```/.exec(page) ?? [];
  return text
    .replace('listen 443 ssl;', `listen 127.0.0.1:${port};`)
    .replaceAll(/^\s*ssl_.*\n/gm, '')
    .replace('http://127.0.0.1:7999', gateway);
}

const isListening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve((socket.destroy(), true)));
    socket.on('error', () => resolve(false));
  });

/** Runs a proxy until the test ends, and waits until it listens. */
async function run(t: Test, port: number, command: string, args: readonly string[]): Promise<void> {
  const proxy = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const gone = once(proxy, 'exit');
  t.teardown(() => (proxy.kill('SIGTERM'), gone));
  let said = '';
  proxy.stderr.on('data', (chunk) => (said += String(chunk)));
  while (!(await isListening(port))) {
    if (proxy.exitCode !== null) throw new Error(said);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const nginxConf = (servers: string): string =>
  `daemon off; master_process off; pid nginx.pid; error_log stderr notice; events {}
http { access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
uwsgi_temp_path uwsgi; scgi_temp_path scgi;
${servers}
}`;

const runNginx = (t: Test, port: number, folder: string): Promise<void> =>
  run(t, port, NGINX, ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr']);

t.test(
  'behind nginx, set up as the page says, streams flow, long bodies pass, and keys are asked for',
  { skip: !isThere && 'nginx is not installed: apt-get install nginx-light' },
  async (t) => {
    const upstream = await startUpstream({ interval: 0 });
    t.teardown(() => upstream.close());
    const house = await startHouse(t, {
      server: { apiKeys: [KEY] },
      providers: { lab: { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm1' } } },
    });
    const port = await freePort();
    const folder = testFolder(t, {
      'nginx.conf': nginxConf(await example(port, house.url)),
    });
    await runNginx(t, port, folder);

    const ask = (body: object, key = `Bearer ${KEY}`) =>
      request(`http://127.0.0.1:${port}/v1/chat/completions`, {
        method: 'POST',
        headers: { host: 'ai.example.com', 'content-type': 'application/json', authorization: key },
        body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }], ...body }),
      });
    const refused = await ask({}, '');
    t.equal(refused.statusCode, 401);
    await refused.body.dump();

    const long = await ask({ user: 'x'.repeat(3_000_000) });
    t.equal(long.statusCode, 200);
    await long.body.dump();

    upstream.behaveOnce('stall-after-content');
    const stream = await ask({ stream: true });
    for await (const chunk of stream.body) {
      t.match(String(chunk), /^data:/, 'the beginning is there while the rest is not');
      break;
    }
    const asked = await upstream.seen(2, ({ method }) => method === 'POST');
    t.equal(await upstream.left(asked), 'mid-body', 'a caller that leaves takes the request with it');
  },
);

/** What a proxy waits for a silent gateway, and how long an upstream thinks, in ms. */
const [PATIENCE, SILENCE] = [1_500, 4_000];

const PROXIES = [
  {
    name: 'nginx',
    isThere,
    start: async (t: Test, port: number, gateway: string) => {
      const location = `location / { proxy_pass ${gateway}; proxy_read_timeout ${PATIENCE}ms; }`;
      const conf = nginxConf(`server { listen 127.0.0.1:${port}; ${location} }`);
      await runNginx(t, port, testFolder(t, { 'nginx.conf': conf }));
    },
  },
  {
    name: 'haproxy',
    isThere: hasHaproxy,
    start: async (t: Test, port: number, gateway: string) => {
      const conf = `defaults
  mode http
  timeout connect 5s
  timeout client 1m
  timeout server ${PATIENCE}ms
listen ai
  bind 127.0.0.1:${port}
  server gateway ${new URL(gateway).host}
`;
      const folder = testFolder(t, { 'haproxy.cfg': conf });
      await run(t, port, HAPROXY, ['-db', '-f', join(folder, 'haproxy.cfg')]);
    },
  },
];

for (const { name, isThere: isInstalled, start } of PROXIES) {
  t.test(
    `behind ${name}, a silence that is longer than it waits ends no stream, and would without timeouts.keepalive`,
    { skip: !isInstalled && `${name} is not installed` },
    async (t) => {
      const upstream = await startUpstream({ interval: 0 });
      t.teardown(() => upstream.close());
      for (const keepalive of ['200ms', 0]) {
        const house = await startHouse(t, {
          timeouts: { keepalive },
          providers: { lab: { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm1' } } },
        });
        const port = await freePort();
        await start(t, port, house.url);
        upstream.behave('slow-content', { delay: SILENCE });
        const { statusCode, body } = await request(`http://127.0.0.1:${port}/v1/chat/completions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }], stream: true }),
        });
        const text = await body.text();
        if (keepalive === 0) t.equal(statusCode, 504);
        else t.match({ statusCode, text }, { statusCode: 200, text: /: keep-alive\n[^]*\[DONE\]\n\n$/ });
      }
    },
  );
}
