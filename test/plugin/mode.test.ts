import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import Fastify, { type FastifyInstance } from 'fastify';
import { request } from 'undici';
import gatewayPlugin from '../../plugin.ts';
import { startUpstream, type Upstream } from '../upstream/upstream.ts';
import { testFolder } from '../test-folder.ts';

const BODY = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };

async function start(t: Test, name = 'upstream'): Promise<Upstream> {
  const upstream = await startUpstream({ interval: 0, name });
  t.teardown(() => upstream.close());
  return upstream;
}

const config = ({ url }: Upstream): Record<string, unknown> => ({
  discover: false,
  history: { enabled: false },
  providers: { lab: { use: 'openai-compatible', baseUrl: url, apiKey: 'upstream-key', models: { m: 'm1' } } },
});

async function listen(t: Test, app: FastifyInstance): Promise<string> {
  t.teardown(() => app.close());
  return app.listen({ host: '127.0.0.1', port: 0 });
}

async function ask(url: string, body?: unknown, headers: Record<string, string> = {}) {
  const given = body === undefined ? {} : { 'content-type': 'application/json' };
  const response = await request(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...given, connection: 'close', ...headers },
    body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.body.text();
  return { status: response.statusCode, headers: response.headers, text, json: () => JSON.parse(text) };
}

/** An app is a thenable, which no promise may resolve to. */
async function boot(app: FastifyInstance): Promise<void> {
  await app.ready();
}

/** An app with everything of its own that a careless plugin would change. */
function someApp(): FastifyInstance {
  const app = Fastify({ bodyLimit: 2_000_000, forceCloseConnections: true });
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
    done(null, { parsedByMe: JSON.parse(body as string) }),
  );
  app.setErrorHandler((error: Error, _request, reply) => reply.code(418).send({ mine: error.message }));
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ mine: 'nothing' }));
  app.post('/own', (asked) => asked.body);
  app.get('/own/error', () => {
    throw new Error('my own');
  });
  return app;
}

t.test('in another app, under a prefix, the whole gateway works', async (t) => {
  const upstream = await start(t);
  const app = someApp();
  app.register(gatewayPlugin, { prefix: '/ai', ...config(upstream) });
  const url = await listen(t, app);
  const chat = await ask(`${url}/ai/v1/chat/completions`, BODY);
  t.equal(chat.status, 200);
  t.equal(chat.headers['x-switchyard-provider'], 'lab');
  t.equal(upstream.posts[0]?.json().model, 'm1', 'mapped');
  t.equal(upstream.posts[0]?.path, '/v1/chat/completions', 'the prefix stays here');
  t.match(
    (await ask(`${url}/ai/v1/chat/completions`, { ...BODY, stream: true })).text,
    /data: \[DONE\]\n\n$/,
  );
  t.match((await ask(`${url}/ai/v1/models`)).json(), { data: [{ id: 'm' }] });
  t.match((await ask(`${url}/ai/v1/models/m`)).json(), { id: 'm' });
  t.match((await ask(`${url}/ai/chat/completions`, BODY)).json(), { choices: Array });
  const files = await ask(`${url}/ai/v1/files?limit=2`);
  t.equal(files.status, 200, files.text);
  t.equal(upstream.requests.at(-1)?.path, '/v1/files?limit=2');
  t.equal(upstream.requests.at(-1)?.headers.authorization, 'Bearer upstream-key');
  t.equal((await ask(`${url}/ai/requests`)).json().data.length, 3);
  t.equal((await ask(`${url}/v1/chat/completions`, BODY)).status, 404, 'and nowhere else');
});

t.test("the app's own routes, parser, error handler and 404 do not change", async (t) => {
  const upstream = await start(t);
  for (const prefix of ['/ai', undefined]) {
    const app = someApp();
    app.register(gatewayPlugin, { ...(prefix === undefined ? {} : { prefix }), ...config(upstream) });
    const url = await listen(t, app);
    t.same((await ask(`${url}/own`, { a: 1 })).json(), { parsedByMe: { a: 1 } });
    t.same((await ask(`${url}/own/error`)).json(), { mine: 'my own' });
    t.same((await ask(`${url}/own/none`)).json(), { mine: 'nothing' });
    t.equal((await ask(`${url}/own`, '{')).status, 418);
    t.equal((await ask(`${url}/own`, { big: 'x'.repeat(1_500_000) })).status, 200);
    const foreign = await ask(
      `${url}/own`,
      { a: 1 },
      { origin: 'https://elsewhere.example.com', host: 'my.example.com' },
    );
    t.equal(foreign.status, 200, "the gateway's guard is not yours");
    const wrong = await ask(`${url}${prefix ?? ''}/v1/chat/completions`, '{');
    t.equal(wrong.status, 400);
    t.match(wrong.json(), { error: { code: 'invalid_json' } }, 'the gateway has its own way to say an error');
  }
});

t.test('OPTIONS outside of the prefix belongs to the app', async (t) => {
  const upstream = await start(t);
  const app = someApp();
  app.register(gatewayPlugin, { prefix: '/ai', ...config(upstream) });
  const url = await listen(t, app);
  t.equal((await request(`${url}/own`, { method: 'OPTIONS' })).statusCode, 404);
  t.equal((await request(`${url}/ai/v1/chat/completions`, { method: 'OPTIONS' })).statusCode, 204);
});

t.test('two gateways in one process share no state', async (t) => {
  const [one, two] = [await start(t, 'one'), await start(t, 'two')];
  const app = Fastify();
  app.register(gatewayPlugin, { prefix: '/one', ...config(one) });
  app.register(gatewayPlugin, { prefix: '/two', ...config(two), breaker: { failures: 1 } });
  const url = await listen(t, app);
  t.equal((await ask(`${url}/one/v1/chat/completions`, BODY)).json().system_fingerprint, 'fp_one');
  t.equal((await ask(`${url}/one/v1/chat/completions`, BODY)).status, 200);
  two.behave('status-500');
  t.equal((await ask(`${url}/two/v1/chat/completions`, BODY)).status, 500);
  const traces = async (switchyard: string) =>
    (await ask(`${url}/${switchyard}/requests`)).json().data.map(({ status }: { status: number }) => status);
  t.same(await traces('one'), [200, 200]);
  t.same(await traces('two'), [500]);
  const health = async (switchyard: string) =>
    (await ask(`${url}/${switchyard}/providers`))
      .json()
      .providers.find(({ name }: { name: string }) => name === 'lab').targets[0].blocks;
  t.match(await health('two'), { breaker: { detail: String } });
  t.same(await health('one'), {}, 'the same provider by name, another by fact');
});

t.test('closing the app closes all of it, and twice is fine', async (t) => {
  const upstream = await start(t);
  const before = waitForProcess();
  const app = Fastify({ forceCloseConnections: true });
  app.register(gatewayPlugin, { prefix: '/ai', ...config(upstream) });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  t.equal((await ask(`${url}/ai/v1/chat/completions`, BODY)).status, 200);
  t.equal((await ask(`${url}/ai/v1/files`)).status, 200);
  t.ok(upstream.connections.open > 0);
  await app.close();
  await app.close();
  for (let turn = 0; turn < 50 && upstream.connections.open > 0; turn++) await new Promise(setImmediate);
  t.equal(upstream.connections.open, 0, 'connections to upstreams are closed');
  t.same(waitForProcess(), before, 'no timer is left');
});

/** What holds this process open, but for reads of files, which end, and sockets, which other tests' clients may keep. */
const waitForProcess = (): string[] =>
  process
    .getActiveResourcesInfo()
    .filter((name) => !/Socket|Server|TCP|Immediate|FSReq/.test(name))
    .toSorted();

t.test('a mistake in the config rejects the boot with its line', async (t) => {
  const upstream = await start(t);
  const app = Fastify();
  t.teardown(() => app.close());
  app.register(gatewayPlugin, {
    prefix: '/ai',
    ...config(upstream),
    models: { gpt: { targets: [{ provider: 'labb' }] } },
    strategy: { use: 'round-robbin' },
  });
  await t.rejects(boot(app), {
    code: 'config_invalid',
    message: /2 mistakes.*models\.gpt\.targets\[0\]\.provider.*labb.*did you mean 'lab'.*/s,
  });
});

t.test('a plugin that throws at boot is named in the error', async (t) => {
  const folder = testFolder(t, {
    'broken.ts': `export default { name: 'broken', options: { type: 'object' }, create() { throw new Error('its database is gone'); } };`,
    'absent.ts': `import './nowhere.ts';`,
    'misnamed.ts': `export default { name: 'other', options: { type: 'object' }, create: () => ({}) };`,
  });
  const withPlugin = (use: string) => {
    const app = Fastify();
    t.teardown(() => app.close());
    app.register(gatewayPlugin, {
      discover: false,
      home: folder,
      providers: { mine: { use: join(folder, use) } },
    });
    return boot(app);
  };
  await t.rejects(withPlugin('broken.ts'), {
    message: 'provider mine could not be started: its database is gone',
  });
  await t.rejects(withPlugin('absent.ts'), { message: /absent\.ts cannot be loaded.*nowhere\.ts/s });
  await t.rejects(withPlugin('misnamed.ts'), {
    message: /misnamed\.ts is not a plugin: it is named 'other'/,
  });
  await t.rejects(withPlugin('none.ts'), { message: /there is no plugin file/ });
});

t.test('a boot that fails closes what was made before, and lets the process end', async (t) => {
  const folder = testFolder(t, {
    'broken.ts': `export default { name: 'broken', options: { type: 'object' }, create() { throw new Error('its database is gone'); } };`,
    'opened.ts': `export default { name: 'opened', options: { type: 'object' }, create: () => ({ close: () => void openedIsClosed.push('closed') }) };`,
    // What was used before has more to open.
    'usage.db': '',
  });
  const closed: string[] = [];
  Object.assign(globalThis, { openedIsClosed: closed });
  const before = waitForProcess();
  const app = Fastify();
  app.register(gatewayPlugin, {
    discover: false,
    home: folder,
    plugins: [join(folder, 'opened.ts')],
    providers: { mine: { use: join(folder, 'broken.ts') } },
  });
  await t.rejects(boot(app), { message: /its database is gone/ });
  await app.close();
  t.same(closed, ['closed'], 'once');
  t.same(waitForProcess(), before, 'no thread and no timer is left');
});

t.test('without keys, other machines get no answer, wherever the app listens', async (t) => {
  const address = Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === 'IPv4' && !one.internal)?.address;
  if (address === undefined) return void t.pass('this machine has no address but loopback');
  const upstream = await start(t);
  const open = async (server: Record<string, unknown>) => {
    const app = Fastify({ forceCloseConnections: true });
    app.register(gatewayPlugin, { prefix: '/ai', ...config(upstream), server });
    t.teardown(() => app.close());
    await app.listen({ host: '0.0.0.0', port: 0 });
    return `http://${address}:${(app.server.address() as AddressInfo).port}/ai/v1/chat/completions`;
  };
  const shut = await open({});
  const lying = await ask(shut, BODY, { host: 'localhost' });
  t.equal(lying.status, 403, 'a Host is said easily');
  t.match(lying.json(), { error: { code: 'forbidden_host', message: /server\.apiKeys/ } });
  t.equal((await ask(shut.replace(address, '127.0.0.1'), BODY)).status, 200, 'this machine is');
  t.equal(
    (await ask(await open({ hosts: ['ai.example.com'] }), BODY, { host: 'ai.example.com' })).status,
    200,
    'by a name that was listed they are',
  );
  const keyed = await open({ apiKeys: ['gateway-key-one'] });
  t.equal((await ask(keyed, BODY)).status, 401);
  t.equal(
    (await ask(keyed, BODY, { authorization: 'Bearer gateway-key-one' })).status,
    200,
    'with a key they are',
  );
  t.equal(upstream.posts.length, 3);
});
