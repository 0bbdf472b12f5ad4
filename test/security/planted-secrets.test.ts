// Secrets of every origin, planted into the command as it is started, and looked for wherever something can be read.
import { scryptSync } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { request } from 'undici';
import { run, type Ran } from '../command/run.ts';
import { startCommand } from '../command.ts';
import { startCollector } from '../otlp-collector.ts';
import { testFolder } from '../test-folder.ts';
import { startUpstream, type Upstream } from '../upstream/upstream.ts';

const ADMIN = 'planted-admin-key';
const PLANTED = /planted-[a-z]+-[a-z]+/g;
const PASSWORD = 'planted-sign-password';

/** Where each of the provider's keys comes from; the file gets another value while the gateway runs. */
const KEYS = {
  environment: 'planted-environment-key',
  file: 'planted-file-key',
  rotated: 'planted-rotated-key',
  store: 'planted-store-key',
} as const;

const PROGRAM = `
  const { createServer } = require('node:http');
  console.log('my key is', process.env.TOKEN);
  createServer((_, response) => response.end('{}')).listen(process.env.PORT, '127.0.0.1');`;

async function planted(t: Test) {
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const collector = await startCollector(t);
  const folder = testFolder(t);
  const home = join(folder, 'home');
  const keyFile = join(folder, 'provider-key');
  const accessLog = join(folder, 'access.log');
  writeFileSync(keyFile, `${KEYS.file}\n`, { mode: 0o600 });
  const lab = (apiKey: string) => ({ use: 'openai-compatible', baseUrl: upstream.url, apiKey });
  const hash = scryptSync(PASSWORD, 'salt', 32, { N: 1024, r: 8, p: 1 }).toString('base64url');
  const config = {
    discover: false,
    home,
    server: { port: 0, apiKeys: ['planted-caller-key'], adminKeys: ['$ADMIN_KEY'] },
    auth: {
      signIn: {
        password: '$PASSWORD_HASH',
        oidc: {
          issuer: 'http://127.0.0.1:9',
          clientId: 'x',
          clientSecret: 'planted-oidc-secret',
          admins: ['*'],
        },
      },
    },
    retry: { again: 0 },
    traces: { capture: { enabled: true } },
    'access-log': { enabled: true, file: accessLog },
    alerts: {
      webhooks: [{ url: 'http://127.0.0.1:9/planted-webhook-path', secret: 'planted-webhook-secret' }],
    },
    providers: {
      'by-environment': { ...lab('$PROVIDER_KEY'), models: { environment: 'm' } },
      'by-file': { ...lab(`\${file:${keyFile}}`), models: { file: 'm' } },
      'by-store': {
        ...lab('${secret:lab}'),
        models: { store: 'm' },
        headers: { 'x-team': 'planted-header-value' },
      },
      'by-url': {
        use: 'openai-compatible',
        baseUrl: `${upstream.url.replace('://', '://me:planted-user-password@')}?api_key=planted-query-key`,
        models: { url: 'm' },
      },
      far: {
        use: 'openai-compatible',
        baseUrl: 'https://far.example/v1?token=planted-far-token',
        apiKey: 'planted-far-key',
        models: { far: 'm' },
      },
      program: {
        use: 'process',
        command: [process.execPath, '-e', PROGRAM],
        env: { PORT: '{port}', TOKEN: '{secret:TOKEN}' },
        secrets: { TOKEN: 'planted-program-token' },
        probe: { path: '/' },
        models: { local: 'm' },
        start: 'boot',
      },
    },
  };
  return { upstream, collector, folder, home, keyFile, accessLog, config, hash };
}

/** The upstream got each of them, so they were there to be shown. */
const keysSeen = ({ posts }: Upstream): Set<unknown> =>
  new Set(posts.map(({ headers }) => headers.authorization));

t.test('no secret, from wherever it comes, can be read anywhere', async (t) => {
  const { upstream, collector, home, keyFile, accessLog, config, hash } = await planted(t);
  const env = {
    ADMIN_KEY: ADMIN,
    PROVIDER_KEY: KEYS.environment,
    PASSWORD_HASH: `scrypt:1024:8:1:c2FsdA:${hash}`,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_HEADERS: 'api-key=planted-collector-key',
    OTEL_BSP_SCHEDULE_DELAY: '10',
    OTEL_METRIC_EXPORT_INTERVAL: '100',
    HTTPS_PROXY: 'http://me:planted-proxy-password@127.0.0.1:9',
  };
  const file = join(home, '..', 'switchyard.yaml');
  writeFileSync(file, JSON.stringify(config));
  const stored = await run(['secrets', 'set', 'lab', '--config', file], { env, input: KEYS.store });
  t.equal(stored.code, 0, stored.stderr);
  const command = startCommand(t, { args: ['--config', file], env });
  const url = await command.url;

  const texts: [place: string, text: string][] = [];
  const ask = async (path: string, method: 'GET' | 'POST' | 'PUT' = 'GET', body?: unknown, headers = {}) => {
    const response = await request(url + path, {
      method,
      headers: {
        authorization: `Bearer ${ADMIN}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.body.text();
    texts.push([`${method} ${path}`, `${JSON.stringify(response.headers)} ${text}`]);
    return { status: response.statusCode, text };
  };
  const chat = (model: string, stream = false, headers = {}) =>
    ask(
      '/v1/chat/completions',
      'POST',
      { model, stream, messages: [{ role: 'user', content: 'hi' }] },
      headers,
    );

  for (const model of ['environment', 'file', 'store']) t.equal((await chat(model)).status, 200, model);
  writeFileSync(keyFile, KEYS.rotated);
  while (!keysSeen(upstream).has(`Bearer ${KEYS.rotated}`)) {
    await chat('file');
    await sleep(100);
  }
  t.same(keysSeen(upstream), new Set(Object.values(KEYS).map((key) => `Bearer ${key}`)));

  // Everything that fails says why.
  for (const behaviour of [
    'status-401',
    'status-500',
    'rst-before-head',
    'not-http',
    'cut-after-content',
  ] as const) {
    upstream.behave(behaviour);
    for (const model of ['environment', 'file', 'store', 'url'])
      await chat(model, behaviour === 'cut-after-content');
  }
  await chat('far');
  upstream.behave('ok');
  await chat('environment', false, { authorization: 'Bearer planted-wrong-key' });
  await chat('environment', false, { authorization: 'Bearer planted-caller-key' });
  await ask(`/v1/models?key=${ADMIN}`);
  await ask(
    '/session',
    'POST',
    { password: 'planted-wrong-password' },
    { origin: url, 'x-switchyard-session': '1' },
  );
  await ask('/session', 'POST', { password: PASSWORD }, { origin: url, 'x-switchyard-session': '1' });
  await ask('/session/oidc');
  await ask('/secrets/other', 'PUT', { value: 'planted-other-secret' });
  const made = JSON.parse((await ask('/keys', 'POST', { name: 'app' })).text) as { key: string };
  texts.pop();
  await chat('environment', false, { authorization: `Bearer ${made.key}` });

  const { data } = JSON.parse((await ask('/requests')).text) as { data: { id: string }[] };
  for (const { id } of data.slice(0, 20)) await ask(`/requests/${id}`);
  for (const path of [
    '/',
    '/config',
    '/config/diff',
    '/health',
    '/providers',
    '/providers/by-file',
    '/providers/program',
    '/providers/program/logs',
    '/models',
    '/metrics',
    '/keys',
    '/keys/app',
    '/limits',
    '/usage',
    '/secrets',
    '/session',
    '/statistics',
    '/strategies',
    '/routes',
    '/access',
    '/alerts',
  ])
    t.equal((await ask(path)).status, 200, path);
  for (const path of ['/providers/by-url', '/providers/by-url/entry', '/config/models', '/route?model=url'])
    t.equal((await ask(path)).status, 200, path);
  for (const path of ['/v1/test', '/alerts/test', '/config/reload']) await ask(path, 'POST', {});
  for (const args of [['doctor'], ['config', 'check', file]])
    texts.push(toldBy(args, await run(args[0] === 'doctor' ? [...args, '--config', file] : args, { env })));
  for (const args of [['config', 'show'], ['providers'], ['status'], ['keys', 'list'], ['secrets', 'list']])
    texts.push(toldBy(args, await run([...args, '--url', url], { env: { ...env, SWITCHYARD_KEY: ADMIN } })));
  const lines = (await ask('/providers/program/logs')).text;
  t.match(lines, 'my key is', 'it has told its secret');

  await collector.until(({ spans, points }) => spans.length > 10 && points.length > 0);
  texts.push(['OTLP', collector.requests.map(({ bytes }) => bytes.toString()).join('\n')]);
  t.equal(collector.requests[0]?.headers['api-key'], 'planted-collector-key');
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
    texts.push([`process ${pid}`, argumentsOf(pid)]);
  command.child.kill('SIGTERM');
  await command.ended;
  texts.push(['standard output', command.stdout], ['standard error', command.stderr]);
  texts.push(['access log', readFileSync(accessLog, 'utf8')]);
  for (const path of readdirSync(home, { recursive: true, withFileTypes: true }))
    if (path.isFile())
      texts.push([
        join(path.parentPath, path.name),
        readFileSync(join(path.parentPath, path.name), 'latin1'),
      ]);

  t.ok(
    texts.some(([place]) => place.endsWith('history.db')) &&
      texts.some(([place]) => place.endsWith('keys.db')),
  );
  for (const [place, text] of texts) {
    t.same([...new Set(text.match(PLANTED))], [], place);
    if (text.includes(made.key)) t.fail(`${place} has the text of a key that was made`);
    if (text.includes(hash)) t.fail(`${place} has the hash of the password`);
  }
});

const toldBy = (args: readonly string[], { stdout, stderr }: Ran): [string, string] => [
  args.join(' '),
  stdout + stderr,
];

function argumentsOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

t.test('what is asked for in a wrong way is not repeated where it may be a secret', async (t) => {
  const { config, home } = await planted(t);
  const file = join(home, '..', 'wrong.yaml');
  const { providers, ...rest } = config;
  const wrong = {
    ...providers['by-file'],
    apiKey: '${file:/nowhere/planted-key}',
    concurrency: 'planted-number-text',
  };
  writeFileSync(
    file,
    JSON.stringify({ ...rest, providers: { lab: { ...wrong, apiKey: 'planted-provider-key' } } }),
  );
  const command = startCommand(t, {
    args: ['--config', file],
    env: { ADMIN_KEY: ADMIN, PASSWORD_HASH: 'planted-no-hash' },
  });
  t.equal((await command.ended).code, 1);
  t.notMatch(command.stderr, /planted-(provider-key|admin-key|no-hash|oidc|webhook)/);
});
