import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import t from 'tap';
import { startSwitchyard } from '../../../switchyard.ts';
import { oneRequest, openLab, overSocket } from '../../../lab.ts';
import { testFolder } from '../../../test-folder.ts';
import { isError } from './is-error.ts';

const root = join(import.meta.dirname, '..', '..', '..', '..');
const MODEL_PATHS = [
  '/v1/chat/completions',
  '/v1/completions',
  '/v1/embeddings',
  '/v1/responses',
  '/chat/completions',
];

t.test('a request without a valid model is refused with the reason', async (t) => {
  const { switchyard, upstream } = await openLab(t);
  for (const path of MODEL_PATHS) {
    for (const body of ['{}', '{"messages":[]}', '{"model":""}']) {
      const expected = {
        status: 400,
        code: 'invalid_request',
        param: 'model',
        message: /'model' is missing/,
      };
      isError(t, await switchyard.ask(path, { body }), expected, `${path} ${body}`);
    }
    for (const value of ['7', 'true', '["m"]', '{"id":"m"}']) {
      const expected = { status: 400, code: 'invalid_request', param: 'model', message: value };
      const answer = await switchyard.ask(path, { body: `{"model":${value}}` });
      isError(t, answer, expected, `${path} ${value}`);
    }
  }
  t.equal(
    (await switchyard.ask('/v1/moderations', { body: { input: 'x' } })).status,
    200,
    'OpenAI has a default here',
  );
  t.equal(
    (await switchyard.ask('/v1/images/generations', { body: { prompt: 'x' } })).status,
    200,
    'and here',
  );
  t.equal(upstream.posts.length, 2);
});

t.test('a body that is not a JSON object is refused with the reason, however long', async (t) => {
  const { switchyard, upstream } = await openLab(t);
  const long = `"${'x'.repeat(20_000)}"`;
  const bodies: Record<string, string> = {
    garbage: '{bad',
    'cut short': '{"model":"m","messages":[{"role":"us',
    'something after it': '{"model":"m"} x',
    'an array': '[{"model":"m"}]',
    'a string': '"model"',
    null: 'null',
    'a number': '7',
    'single quotes': "{'model': 'm'}",
    'long and cut short': `{"model":"m","messages":[{"content":${long}`,
    'long, in the middle of a string': `{"model":"m","x":${long.slice(0, -1)}`,
    'a long array': `[{"model":"m"},${long}]`,
    'a long string': long,
    'long, something after it': `{"model":"m","x":${long}} x`,
    'long, brackets crossed': `{"model":"m","x":[${long}}]`,
  };
  for (const [what, body] of Object.entries(bodies)) {
    isError(
      t,
      await switchyard.ask('/v1/chat/completions', { body }),
      { status: 400, code: 'invalid_json' },
      what,
    );
  }
  const empty = await switchyard.ask('/v1/chat/completions', { body: '' });
  isError(t, empty, { status: 400, code: 'invalid_json', message: /empty/ }, 'an empty body');
  t.equal(upstream.posts.length, 0, 'nothing was sent');
});

t.test('an unsupported content type is a 415, and a missing one too', async (t) => {
  const { switchyard } = await openLab(t);
  const body = '{"model":"m"}';
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'text/html',
    'application/octet-stream',
    'x',
  ]) {
    const answer = await switchyard.ask('/v1/chat/completions', { body, headers: { 'content-type': type } });
    isError(t, answer, { status: 415, code: 'unsupported_media_type', message: type }, type);
  }
  const none = await oneRequest(switchyard.url, 'POST /v1/chat/completions', [], body);
  isError(t, none, { status: 415, code: 'unsupported_media_type' }, 'none');
  for (const type of [
    'application/json',
    'application/json; charset=utf-8',
    'APPLICATION/JSON',
    'application/vnd.x+json',
  ]) {
    const answer = await switchyard.ask('/v1/chat/completions', { body, headers: { 'content-type': type } });
    t.equal(answer.status, 200, type);
  }
});

t.test('another method is a 405 that names the allowed one', async (t) => {
  const { switchyard, upstream } = await openLab(t);
  for (const path of [
    ...MODEL_PATHS,
    '/v1/engines/m/completions',
    '/openai/deployments/m/chat/completions',
  ]) {
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'] as const) {
      const answer = await switchyard.ask(path, { method });
      isError(
        t,
        answer,
        { status: 405, code: 'method_not_allowed', message: `${method} is not allowed on ${path}; use POST` },
        `${method} ${path}`,
      );
      t.equal(answer.headers.allow, 'POST');
    }
    const head = await switchyard.ask(path, { method: 'HEAD' });
    t.match(
      { status: head.status, text: head.text, allow: head.headers.allow },
      { status: 405, text: '', allow: 'POST' },
    );
  }
  const answer = await switchyard.ask('/v1/models', { body: {} });
  isError(t, answer, { status: 405, code: 'method_not_allowed' }, 'POST /v1/models');
  t.equal(answer.headers.allow, 'GET');
  t.equal(upstream.posts.length, 0);
});

t.test('a path that leads nowhere is a 404, a URL that cannot be read a 400 or 414', async (t) => {
  const { switchyard } = await openLab(t);
  for (const line of [
    'GET /v2/models',
    'POST /v1',
    'GET /v1/',
    'GET //nowhere',
    'GET /index.html?x=/v1/models',
  ]) {
    isError(t, await oneRequest(switchyard.url, line), { status: 404, code: 'not_found' }, line);
  }
  isError(
    t,
    await oneRequest(switchyard.url, 'GET /v1/files/%zz'),
    { status: 400, code: 'invalid_request' },
    '%zz',
  );
  isError(
    t,
    await oneRequest(switchyard.url, 'GET /v1/models/%'),
    { status: 400, code: 'invalid_request' },
    '%',
  );
  const long = await oneRequest(
    switchyard.url,
    `POST /openai/deployments/${'m'.repeat(600)}/chat/completions`,
  );
  isError(t, long, { status: 414, code: 'url_too_long' }, 'a long deployment');
});

t.test('a body that is too large is a 413 and is not read to its end', async (t) => {
  const { switchyard, upstream } = await openLab(t, { config: { server: { bodyLimit: '2KiB' } } });
  const body = JSON.stringify({ model: 'm', messages: 'x'.repeat(4096) });
  const expected = { status: 413, code: 'body_too_large', message: /2048 bytes.*server\.bodyLimit/ };
  isError(t, await switchyard.ask('/v1/chat/completions', { body }), expected, 'whole');
  const announced = ['content-type: application/json', 'content-length: 999999999'];
  isError(t, await oneRequest(switchyard.url, 'POST /v1/chat/completions', announced), expected, 'announced');
  const chunks = [
    'content-type: application/json',
    'transfer-encoding: chunked',
    '',
    `1000\r\n${'x'.repeat(4096)}`,
  ];
  isError(
    t,
    await oneRequest(switchyard.url, 'POST /v1/chat/completions', chunks),
    expected,
    'in chunks without an end',
  );
  t.equal(upstream.posts.length, 0);
});

t.test('what a plugin of ours throws is told without internals', async (t) => {
  const folder = testFolder(t, {
    'throwing.mjs': `export default { name: 'throwing', options: { type: 'object' }, create: ({ name }) => ({
      name, surfaces: ['*'], models: undefined, quirks: { streams: 'both', onLeave: 'abort' }, timeouts: {},
      request() { throw new Error('the secret is 42'); } }) };`,
    'breaking.mjs': `export default { name: 'breaking', options: { type: 'object' }, create(_options, { app }) {
      app.get('/breaking', () => { throw new Error('the secret is 42'); }); } };`,
  });
  const switchyard = await startSwitchyard(t, {
    providers: { throwing: { use: join(folder, 'throwing.mjs') } },
    plugins: [join(folder, 'breaking.mjs')],
  });
  const expected = { status: 500, code: 'internal', type: 'server_error' };
  const fault = { status: 502, code: 'provider_fault', type: 'upstream_error' };
  for (const stream of [false, true]) {
    const answer = await switchyard.chat({ stream });
    isError(t, answer, fault, `stream ${stream}`);
    t.notMatch(answer.text, /secret/);
  }
  isError(t, await switchyard.ask('/v1/files'), expected, 'passed through');
  const broken = await switchyard.ask('/breaking');
  isError(t, broken, expected, 'a route');
  t.notMatch(broken.text, /secret/);
  t.ok(
    switchyard.log.some((line) => line.includes('the secret is 42')),
    'the log says why',
  );
  t.equal((await switchyard.ask('/v1/models')).status, 200, 'the gateway still stands');
});

t.test('the command answers too long URLs and headers, and invalid HTTP', { timeout: 20_000 }, async (t) => {
  const folder = testFolder(t, {
    'gateway.yaml':
      'discover: false\nproviders: { lab: { use: openai-compatible, baseUrl: http://127.0.0.1:9 } }\n',
  });
  const main = spawn(
    process.execPath,
    [join(root, 'main.ts'), '--config', join(folder, 'gateway.yaml'), '--port', '0'],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  t.teardown(() => main.kill('SIGKILL'));
  const { value } = await createInterface(main.stdout)[Symbol.asyncIterator]().next();
  const url = /http:\S+/.exec(value as string)?.[0] as string;
  const too = 'x'.repeat(20_000);
  isError(
    t,
    await oneRequest(url, `GET /v1/files/${too}`),
    { status: 431, code: 'headers_too_large' },
    'a URL',
  );
  isError(
    t,
    await oneRequest(url, 'GET /v1/models', [`x-much: ${too}`]),
    { status: 431, code: 'headers_too_large' },
    'a header',
  );
  isError(t, await oneRequest(url, 'GET /%zz'), { status: 400, code: 'invalid_request' }, 'a broken escape');
  const [head = '', text = ''] = (await overSocket(url, 'This is no HTTP.\r\n\r\n')).split('\r\n\r\n');
  isError(
    t,
    { status: Number(head.split(' ')[1]), text },
    { status: 400, code: 'invalid_request' },
    'no HTTP',
  );
  t.equal((await oneRequest(url, 'GET /v1/models')).status, 200, 'the gateway still stands');
  main.kill('SIGTERM');
  await once(main, 'exit');
});
