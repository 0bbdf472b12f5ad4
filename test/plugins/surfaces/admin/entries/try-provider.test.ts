import { createServer } from 'node:http';
import { createServer as createNetServer, type AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import type { Parsed } from '../../../../switchyard.ts';
import { startUpstream } from '../../../../upstream/upstream.ts';
import { setting } from '../config-file.ts';
import { post } from '../post.ts';

const KEY = 'sk-right-one-of-all';
const WRONG = 'sk-wrong-one-of-all';

/** A port at which nothing listens. */
async function closedPort(): Promise<number> {
  const server = createNetServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function serving(t: Test, status: number, body: string): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status).end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

t.test('a provider is asked before it is added: what is right and what is wrong', async (t) => {
  const { switchyard } = await setting(t);
  const upstream = await startUpstream({ name: 'new', apiKey: KEY, models: ['x1', 'x2'], interval: 0 });
  t.teardown(() => upstream.close());
  const tried = async (said: object): Promise<Parsed> => {
    const { status, json, text } = await post(switchyard, '/providers/test', {
      name: 'new',
      use: 'openai-compatible',
      baseUrl: upstream.url,
      ...said,
    });
    t.equal(status, 200, text);
    t.notMatch(text, WRONG);
    return json();
  };
  t.same(await tried({ apiKey: KEY, model: 'x1' }), {
    provider: 'new',
    ok: true,
    checks: [
      { check: 'address', ok: true, detail: `${upstream.origin} answers` },
      { check: 'key', ok: true, detail: 'the key was not refused' },
      { check: 'models', ok: true, detail: '2 models' },
      { check: 'chat', ok: true, detail: "'x1' answered" },
    ],
    models: ['x1', 'x2'],
  });
  t.match(await tried({ apiKey: WRONG }), {
    ok: false,
    checks: [{}, { check: 'key', ok: false, detail: /it refused the key: 401/, remedy: /apiKey/ }],
  });
  t.match(await tried({}), { ok: false, checks: [{}, { detail: /asks for a key, and none is given/ }] });
  t.match(await tried({ apiKeys: [KEY, WRONG] }), {
    ok: false,
    checks: [{}, { ok: true }, { ok: true }, { check: 'key', ok: false, detail: /refused key 2/ }],
  });
  t.match(await tried({ apiKey: KEY, baseUrl: `http://127.0.0.1:${await closedPort()}/v1` }), {
    ok: false,
    checks: [{ check: 'address', ok: false, detail: /nothing listens there/, remedy: /baseUrl/ }],
  });
  t.match(await tried({ baseUrl: await serving(t, 200, '<html>hello</html>') }), {
    ok: false,
    checks: [{}, { check: 'models', ok: false, detail: /a web page/, remedy: /baseUrl.*\/v1/ }],
  });
  t.match(await tried({ baseUrl: await serving(t, 404, '{"error":"no"}') }), {
    ok: false,
    checks: [{}, { check: 'models', ok: false, detail: /answered 404: no/, remedy: /models/ }],
  });
  t.match(
    await tried({ baseUrl: await serving(t, 401, `{"error":"bad key ${WRONG}"}`), apiKey: WRONG }),
    { checks: [{}, { detail: /bad key \*\*\*/ }] },
    'a key that the server repeats is masked',
  );
  t.same((await switchyard.ask('/config/diff')).json().changes, [], 'nothing is stored');
  t.equal((await switchyard.chat({ model: 'x1' })).status, 404, 'and nothing answers');
});

t.test('a provider that is there is asked with a change, and with the key that it has', async (t) => {
  const { switchyard } = await setting(t);
  t.match((await post(switchyard, '/providers/test', { name: 'lab' })).json(), { provider: 'lab', ok: true });
  const { status, json } = await post(switchyard, '/providers/test', { name: 'lab', concurrency: 0 });
  t.match({ status, ...json().error }, { status: 400, message: /lab\.concurrency: 0/ });
  t.match((await post(switchyard, '/providers/test', { name: 'lab', model: 3 })).status, 400);
  t.match((await post(switchyard, '/providers/test', {})).json().error.message, /name the provider/);
});

t.test('the kinds of providers have the schema of their options', async (t) => {
  const { switchyard } = await setting(t);
  const { data } = (await switchyard.ask('/provider-kinds')).json();
  const of = (name: string): Parsed => data.find((one: Parsed) => one.name === name);
  t.match(of('openai'), { kind: 'remote', keyFrom: ['OPENAI_API_KEY'] });
  t.match(of('openai-compatible').options, { required: ['baseUrl'], properties: { apiKey: {} } });
  t.match(of('grok2api'), { kind: 'program' });
  t.equal(of('process'), undefined);
});
