import t from 'tap';
import { openLab } from '../../../lab.ts';
import { isError } from './is-error.ts';

t.test("an upstream's page becomes JSON with its status", async (t) => {
  const { switchyard, upstream } = await openLab(t);
  for (const code of [400, 401, 403, 404, 429, 500, 502, 503, 520]) {
    for (const stream of [false, true]) {
      upstream.behave('html', { code });
      const answer = await switchyard.chat({ stream });
      const type =
        code === 429 ? 'rate_limit_error' : code < 500 ? 'invalid_request_error' : 'upstream_error';
      isError(
        t,
        answer,
        { status: code, type, code: 'upstream_status', message: /^lab answered/ },
        `${code}`,
      );
      t.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
    }
  }
  upstream.behave('status', { code: 400, body: '' });
  isError(t, await switchyard.chat(), { status: 400, message: /empty body/ }, 'no body');
  upstream.behave('html', { code: 200 });
  isError(t, await switchyard.chat(), { status: 502, code: 'upstream_malformed' }, 'a page under 200');
});

t.test("an upstream's redirect is a clear 502, and is not followed", async (t) => {
  const { switchyard, upstream } = await openLab(t);
  for (const code of [301, 302, 303, 307, 308]) {
    upstream.forget();
    upstream.behave('status', { code, headers: { location: 'https://elsewhere.example/v1' }, body: '' });
    const answer = await switchyard.chat();
    isError(
      t,
      answer,
      { status: 502, code: 'upstream_status', message: /301|30\d.*elsewhere\.example.*baseUrl/ },
      `${code}`,
    );
    t.notOk('location' in answer.headers);
    t.equal(upstream.posts.length, 1);
  }
});

t.test("an upstream's own refusal is passed on unchanged, not retried", async (t) => {
  const { switchyard, upstream } = await openLab(t);
  for (const code of [400, 401, 402, 403, 404, 413, 415, 422, 451]) {
    upstream.forget();
    const body = `{"error" : {"message":"No ${code}","x":1e400}, "detail":[ 1 ]}`;
    upstream.behave('status', { code, body, headers: { 'x-ratelimit-remaining-requests': '0' } });
    const answer = await switchyard.chat();
    t.strictSame([answer.status, answer.text], [code, body], 'byte for byte');
    t.equal(answer.headers['x-ratelimit-remaining-requests'], '0');
    t.equal(upstream.posts.length, 1);
    t.match(await switchyard.trace(answer.headers['x-switchyard-request-id']), {
      ending: 'refused',
      status: code,
    });
  }
});
