import t from 'tap';
import type { Parsed } from '../switchyard.ts';
import { oneRequest, openLab } from '../lab.ts';

const code = ({ text }: { text: string }): string => (JSON.parse(text) as Parsed).error.code;

t.test('a target in absolute form is as good as its path', async (t) => {
  const { switchyard, upstream, asked } = await openLab(t);
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] });
  for (const path of ['/v1/chat/completions', '/chat/completions']) {
    const line = `POST http://localhost:7999${path}`;
    t.equal(
      (await oneRequest(switchyard.url, line, ['content-type: application/json'], body)).status,
      200,
      line,
    );
  }
  for (const [target, path] of [
    ['http://localhost:1/v1/files?a=http://b/v1/c', '/v1/files?a=http://b/v1/c'],
    ['HTTP://127.0.0.1/v1/batches/b', '/v1/batches/b'],
    ['https://127.0.0.1//v1//files', '/v1/files'],
  ] as const) {
    upstream.forget();
    await oneRequest(switchyard.url, `GET ${target}`);
    t.equal(asked()[0]?.path, path, target);
  }
  t.equal((await oneRequest(switchyard.url, 'GET http://localhost/health')).status, 200);
  t.equal((await oneRequest(switchyard.url, 'GET http://localhost/nowhere')).status, 404);
});

t.test('a version that a client adds to a base URL that has it is taken once', async (t) => {
  const { switchyard, upstream, asked } = await openLab(t);
  const messages = [{ role: 'user', content: 'hi' }];
  for (const [path, more] of [
    ['/v1/v1/chat/completions', {}],
    ['/v1//v1/chat/completions?a=/v1/v1/', {}],
    ['/v1/v1/messages', { max_tokens: 10 }],
  ] as const) {
    const answer = await switchyard.ask(path, { body: { model: 'm', messages, ...more } });
    t.equal(answer.status, 200, `${path} ${answer.text}`);
  }
  t.equal((await switchyard.ask('/v1/v1/models')).json().object, 'list');
  t.ok((await switchyard.ask('/v1/v1beta/models')).json().models);
  for (const [given, path] of [
    ['/v1/v1/files', '/v1/files'],
    ['/v1/files?of=/v1/v1/files', '/v1/files?of=/v1/v1/files'],
    ['/v1/files/v1/v1/a', '/v1/files/v1/v1/a'],
    ['/v1/v10/a', '/v1/v10/a'],
  ] as const) {
    upstream.forget();
    await switchyard.ask(given);
    t.equal(asked()[0]?.path, path, given);
  }
});

t.test('the host of an absolute target is the one that counts', async (t) => {
  const { switchyard, asked } = await openLab(t);
  for (const target of [
    'http://evil.com/v1/files',
    'http://evil.com/.localhost/v1/files',
    'http://localhost@evil.com/v1/files',
  ]) {
    const answer = await oneRequest(switchyard.url, `GET ${target}`);
    t.equal(answer.status, 403, target);
    t.equal(code(answer), 'forbidden_host');
  }
  t.equal(asked().length, 0);
});

t.test('an invalid target is refused with the reason', async (t) => {
  const { switchyard, asked } = await openLab(t);
  for (const line of ['GET *', 'HEAD *', 'POST *', 'DELETE *', 'GET ftp://localhost/v1/files']) {
    const answer = await oneRequest(switchyard.url, line);
    t.equal(answer.status, 400, line);
    if (answer.text !== '') t.equal(code(answer), 'invalid_request', line);
  }
  t.equal(asked().length, 0);
});

t.test('two Host lines are refused, whatever they say', async (t) => {
  const { switchyard, asked } = await openLab(t);
  for (const second of ['host: 127.0.0.1', 'Host: evil.com', 'HOST: localhost']) {
    const answer = await oneRequest(switchyard.url, 'GET /v1/files', [second]);
    t.equal(answer.status, 400, second);
    t.equal(code(answer), 'invalid_request');
  }
  t.equal(asked().length, 0);
});
