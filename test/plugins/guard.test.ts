import t, { type Test } from 'tap';
import { openLab, oneRequest } from '../lab.ts';
import type { Parsed } from '../switchyard.ts';

const CHAT = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] });
const PATHS = [
  'GET /v1/models',
  'GET /v1/files',
  'POST /v1/chat/completions',
  'GET /events',
  'POST /config/reload',
  'GET /',
];
/** what a browser says of an `<img>` on a page of another site */
const IMAGE = ['sec-fetch-site: cross-site', 'sec-fetch-mode: no-cors', 'sec-fetch-dest: image'];
const LINK = ['sec-fetch-site: cross-site', 'sec-fetch-mode: navigate', 'sec-fetch-dest: document'];

const isRefused = (
  t: Test,
  { status, text }: { status: number; text: string },
  code: string,
  name: string,
) => {
  t.equal(status, 403, name);
  t.equal((JSON.parse(text) as Parsed).error.code, code, name);
};

t.test(
  'an image, a script, a form or a link on a foreign page reaches nothing but the dashboard',
  async (t) => {
    const { switchyard, asked } = await openLab(t);
    const ways = [
      IMAGE,
      ['sec-fetch-site: cross-site'],
      ['sec-fetch-site: cross-site', 'sec-fetch-mode: no-cors', 'sec-fetch-dest: script'],
      ['sec-fetch-site: cross-site', 'sec-fetch-mode: navigate', 'sec-fetch-dest: iframe'],
      ['sec-fetch-site: cross-site', 'sec-fetch-site: none'],
      ['sec-fetch-site: Cross-Site'],
    ];
    for (const path of PATHS)
      for (const way of ways)
        isRefused(t, await oneRequest(switchyard.url, path, way), 'forbidden_origin', `${path} ${way}`);
    for (const path of PATHS.filter((one) => one !== 'GET /'))
      isRefused(t, await oneRequest(switchyard.url, path, LINK), 'forbidden_origin', `a link to ${path}`);
    isRefused(
      t,
      await oneRequest(switchyard.url, 'GET /?x=/', IMAGE),
      'forbidden_origin',
      'an image of the dashboard',
    );
    t.equal(asked().length, 0, 'no provider was asked');
    t.equal((await oneRequest(switchyard.url, 'GET /', LINK)).status, 200, 'a link opens the dashboard');
    t.equal((await oneRequest(switchyard.url, 'GET /?from=mail', LINK)).status, 200);
  },
);

t.test("requests by a browser's user, or by a page of this machine, are admitted", async (t) => {
  const { switchyard } = await openLab(t);
  for (const way of [
    ['sec-fetch-site: none', 'sec-fetch-mode: navigate', 'sec-fetch-dest: document'],
    ['sec-fetch-site: same-origin', 'sec-fetch-mode: cors', 'sec-fetch-dest: empty'],
    ['sec-fetch-site: same-site', 'sec-fetch-mode: no-cors', 'sec-fetch-dest: image'],
    ['sec-fetch-site: cross-site', 'sec-fetch-mode: cors', 'origin: http://localhost:3000'],
    [],
  ])
    t.equal((await oneRequest(switchyard.url, 'GET /v1/models', way)).status, 200, way.join());
});

t.test('a page on a sibling host of a public gateway is foreign, too', async (t) => {
  const { switchyard } = await openLab(t, { config: { server: { hosts: ['ai.example.com'] } } });
  const asked = (headers: string[]) =>
    oneRequest(switchyard.url, 'GET /v1/models', headers, '', '1.1', 'ai.example.com');
  isRefused(t, await asked(['sec-fetch-site: same-site']), 'forbidden_origin', 'blog.example.com');
  t.equal((await asked(['sec-fetch-site: same-origin'])).status, 200);
});

t.test('with keys, or where any page may come in, the key and the list decide', async (t) => {
  const { switchyard: locked } = await openLab(t, { config: { server: { apiKeys: ['gateway-key'] } } });
  const key = 'authorization: Bearer gateway-key';
  t.equal((await oneRequest(locked.url, 'GET /v1/models', [...IMAGE, key])).status, 200);
  t.equal((await oneRequest(locked.url, 'GET /v1/models', IMAGE)).status, 401);
  const { switchyard: open } = await openLab(t, { config: { server: { origins: ['*'] } } });
  t.equal((await oneRequest(open.url, 'GET /v1/models', IMAGE)).status, 200);
});

t.test('an invalid Host is not mistaken for one with a good suffix', async (t) => {
  const { switchyard, asked } = await openLab(t);
  for (const host of [
    'evil.com/.localhost',
    'evil.com#.localhost',
    'evil.com?.localhost',
    'evil.com\\.localhost',
    'evil.com@a.localhost',
    'evil.com:1.localhost',
    'evil.com:80:localhost',
    'evil.com,.localhost',
    'evil.com .localhost',
    '[evil.com].localhost',
    '[localhost',
    '::1]',
    'localhost:x',
    'localhost:',
  ]) {
    const answer = await oneRequest(
      switchyard.url,
      'POST /v1/chat/completions',
      ['content-type: application/json'],
      CHAT,
      '1.1',
      host,
    );
    if (host === 'localhost:') t.equal(answer.status, 200, 'a port may be empty');
    else isRefused(t, answer, 'forbidden_host', host);
  }
  t.equal(asked().length, 1);
});

t.test('a request without an Origin header is no page', async (t) => {
  const { switchyard, asked } = await openLab(t);
  for (const origin of [
    'javascript://localhost',
    'data://localhost',
    'file://localhost',
    'ftp://localhost',
    'x://127.0.0.1:3000',
    'http://localhost, http://evil.com',
    'http://evil.com/.localhost',
    'http://localhost@evil.com',
  ])
    isRefused(
      t,
      await oneRequest(switchyard.url, 'GET /v1/files', [`origin: ${origin}`]),
      'forbidden_origin',
      origin,
    );
  t.equal(asked().length, 0);
  const { switchyard: listed } = await openLab(t, { config: { server: { origins: ['tauri://localhost'] } } });
  t.equal(
    (await oneRequest(listed.url, 'GET /v1/models', ['origin: tauri://localhost'])).status,
    200,
    'unless it is listed',
  );
});
