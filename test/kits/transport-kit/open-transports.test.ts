import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setDefaultCACertificates } from 'node:tls';
import t from 'tap';
import { request } from 'undici';
import { root } from '../../../gateway.ts';
import { checkoutWithout } from '../../checkout.ts';
import { startCommand } from '../../command.ts';
import { mistakesOf } from '../../config/stub-gateway.ts';
import { rawUpstream, upstream } from '../../in-front.ts';
import { startSwitchyard, startSwitchyardFrom } from '../../switchyard.ts';
import { testFolder } from '../../test-folder.ts';
import { testCertificate } from '../../upstream/tls.ts';

const answerOf = (content: string): string =>
  JSON.stringify({
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  });
const ANSWER = answerOf('Hello');
/** undici skips a line break before an answer, our own client does not: so a test can tell which of them was used. */
const TELLTALE = `\r\nHTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${ANSWER.length}\r\n\r\n${ANSWER}`;
const BY_HTTP1 = {
  code: 'upstream_malformed',
  message: 'lab sent something that is not HTTP: its first line is not an HTTP/1 status line',
};

const labAt = (baseUrl: string) => ({
  lab: { use: 'openai-compatible', baseUrl, apiKey: 'k', models: { m: 'm' } },
});

t.test('requests are carried by our own client, and by undici where the config says so', async (t) => {
  const providers = labAt((await rawUpstream(t, TELLTALE, 'hang')).url);
  for (const transport of ['auto', 'AUTO', 'http1', join(root, 'plugins/transports/http1')]) {
    const own = await startSwitchyard(t, { providers, transport });
    const { status, json } = await own.chat();
    t.equal(status, 502, transport);
    t.match(json().error, BY_HTTP1);
  }
  for (const transport of ['undici', 'Undici']) {
    const undici = await startSwitchyard(t, { providers, transport });
    t.match(await undici.chat(), { status: 200 }, transport);
  }
});

t.test('bytes that are not HTTP get the same error from both, and are not asked for again', async (t) => {
  for (const transport of ['auto', 'undici']) {
    const lab = await upstream(t, 'lab');
    const switchyard = await startSwitchyard(t, { transport, providers: labAt(lab.url) });
    t.equal((await switchyard.chat()).status, 200);
    lab.behave('not-http');
    const { json } = await switchyard.chat();
    t.match(
      json().error,
      { code: 'upstream_malformed', message: /^lab sent something that is not HTTP: / },
      transport,
    );
    t.equal(lab.posts.length, 2, transport);
  }
});

t.test('TLS is verified by each transport', async (t) => {
  const lab = await upstream(t, 'lab', { tls: true });
  for (const transport of ['auto', 'undici', 'http1']) {
    const switchyard = await startSwitchyard(t, { transport, providers: labAt(lab.url) });
    setDefaultCACertificates([]);
    t.match(
      (await switchyard.chat()).json().error,
      { code: 'upstream_refused', message: /certificate is not trusted/ },
      transport,
    );
  }
  setDefaultCACertificates([testCertificate().cert]);
  for (const transport of ['auto', 'undici', 'http1']) {
    const switchyard = await startSwitchyard(t, { transport, providers: labAt(lab.url) });
    t.equal((await switchyard.chat()).status, 200, transport);
  }
});

/** A transport that is its own upstream: it answers each request with its option `says`. */
const echo = (name: string, further: string): string => `
  const answer = ${answerOf.toString()};
  export default {
    name: '${name}',
    options: { type: 'object', properties: { says: { type: 'string', default: 'nothing' } } },
    ${further}
    create: ({ says }, { proxies }) => ({
      request({ origin }, handler) {
        setImmediate(() => {
          handler.connected(false);
          handler.head(200, { 'content-type': 'application/json' });
          handler.data(Buffer.from(answer(says + ' from ' + origin + (proxies.for(origin) ? ' by proxy' : ''))));
          handler.end();
        });
        return { abort() {}, pause() {}, resume() {}, ignore() {} };
      },
      heard: () => 0,
      close: async () => {},
    }),
  };`;

const contentOf = (json: () => { choices: { message: { content: string } }[] }) =>
  json().choices[0]?.message.content;

t.test('a transport of the operator’s is named by its path, with options of its own', async (t) => {
  const folder = testFolder(t, { 'mine.mjs': echo('mine', '') });
  const config = configWith({
    transport: './mine.mjs',
    transports: { mine: { says: 'hello' } },
    providers: labAt('https://lab.example.test/v1'),
  });
  writeFileSync(join(folder, 'switchyard.yaml'), JSON.stringify(config));
  const env = { HTTPS_PROXY: 'http://proxy.example.test:3128' };
  const switchyard = await startSwitchyardFrom(t, folder, { env });
  const { status, json } = await switchyard.chat();
  t.equal(status, 200);
  t.equal(contentOf(json), 'hello from https://lab.example.test by proxy');
});

t.test(
  'a name that is no transport, and an option that it has not, are mistakes of the config',
  async (t) => {
    const files = {
      'plugins/transports/pigeon.ts': 'export default { name: "pigeon", options: {}, create() {} }',
    };
    t.match(await mistakesOf(t, { config: 'transport: pigeons', files }), [
      /./,
      /transport: there is no transport plugin 'pigeons' \(did you mean 'pigeon'\?\); allowed: 'auto', 'pigeon', a path or an installed package/,
    ]);
    t.match(await mistakesOf(t, { config: 'transports: { pidgin: { speed: 1 } }', files }), [
      /./,
      /transports\.pidgin: unknown/,
    ]);
  },
);

t.test('one that is dropped into the folder carries what it takes, before the standard one', async (t) => {
  const checkout = checkoutWithout(t);
  writeFileSync(
    join(checkout, 'plugins/transports/zeppelin.mjs'),
    echo('zeppelin', "takes: (origin) => origin.endsWith('.zeppelin'),"),
  );
  // Without `takes` it carries nothing unless it is named.
  mkdirSync(join(checkout, 'plugins/transports/airship'));
  writeFileSync(join(checkout, 'plugins/transports/airship/index.mjs'), echo('airship', ''));
  const lab = await upstream(t, 'lab');
  const providers = {
    ...labAt(lab.url),
    far: { use: 'openai-compatible', baseUrl: 'https://far.zeppelin', apiKey: 'k', models: { far: 'far' } },
  };
  const command = startCommand(t, { cwd: checkout, config: configWith({ providers }) });
  const url = await command.url;
  t.equal(contentOf(await chat(url, 'far')), 'nothing from https://far.zeppelin');
  t.equal((await post(url, 'm')).statusCode, 200);
  t.equal(lab.posts.length, 1);
});

t.test('without the folder of our own client undici carries all', async (t) => {
  const checkout = checkoutWithout(t, 'plugins/transports/http1');
  const { url: baseUrl } = await rawUpstream(t, TELLTALE, 'hang');
  const command = startCommand(t, { cwd: checkout, config: configWith({ providers: labAt(baseUrl) }) });
  t.equal(contentOf(await chat(await command.url, 'm')), 'Hello');
});

t.test(
  'without undici’s folder requests go on, and one through a proxy is refused with the reason',
  async (t) => {
    const checkout = checkoutWithout(t, 'plugins/transports/undici');
    const lab = await upstream(t, 'lab');
    const secure = {
      use: 'openai-compatible',
      baseUrl: 'https://api.example.test/v1',
      apiKey: 'k',
      models: { s: 's' },
    };
    const command = startCommand(t, {
      cwd: checkout,
      config: configWith({ providers: { ...labAt(lab.url), secure } }),
      env: { HTTPS_PROXY: 'http://proxy.example.test:3128' },
    });
    const url = await command.url;
    t.equal((await post(url, 'm')).statusCode, 200);
    const refused = await post(url, 's');
    t.equal(refused.statusCode, 502);
    t.match(await refused.body.json(), {
      error: { code: 'upstream_refused', message: /no transport takes requests to it/ },
    });
  },
);

const configWith = (config: Record<string, unknown>): Record<string, unknown> => ({
  server: { port: 0 },
  discover: false,
  history: { enabled: false },
  ...config,
});

const post = (url: string, model: string) =>
  request(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] }),
  });

async function chat(url: string, model: string) {
  const { body } = await post(url, model);
  const parsed = (await body.json()) as { choices: { message: { content: string } }[] };
  return () => parsed;
}
