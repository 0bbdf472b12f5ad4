import t from 'tap';
import { openTransport } from '../../../../plugins/transports/open.ts';
import { startSwitchyard } from '../../../switchyard.ts';
import { startUpstream } from '../../../upstream/upstream.ts';
import { rawUpstream } from '../../../in-front.ts';
import { ask } from './calls.ts';

const ANSWER = JSON.stringify({
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
});
/** undici looks past a line break before an answer, our own client does not: so one can tell who it was. */
const TELLTALE = `\r\nHTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${ANSWER.length}\r\n\r\n${ANSWER}`;

t.test('plain HTTP is carried by our own client, and by undici where the config says so', async (t) => {
  const upstream = await rawUpstream(t, TELLTALE, 'hang');
  const providers = {
    lab: { use: 'openai-compatible', baseUrl: upstream.url, apiKey: 'k', models: { m: 'm' } },
  };
  const own = await startSwitchyard(t, { providers });
  const { status, json } = await own.chat();
  t.equal(status, 502);
  t.match(json().error, {
    code: 'upstream_malformed',
    message: 'lab sent something that is not HTTP: its first line is not an HTTP/1 status line',
  });
  const undici = await startSwitchyard(t, { providers, transport: 'undici' });
  t.match(await undici.chat(), { status: 200, content: '' });
});

t.test('bytes that are no HTTP are told alike by both, and not asked for again', async (t) => {
  for (const transport of ['auto', 'undici']) {
    const upstream = await startUpstream({ name: 'lab' });
    t.teardown(() => upstream.close());
    const switchyard = await startSwitchyard(t, {
      transport,
      providers: {
        lab: { use: 'openai-compatible', baseUrl: upstream.url, apiKey: 'k', models: { m: 'm' } },
      },
    });
    t.equal((await switchyard.chat()).status, 200);
    upstream.behave('not-http');
    const { json } = await switchyard.chat();
    t.match(
      json().error,
      { code: 'upstream_malformed', message: /^lab sent something that is not HTTP: / },
      transport,
    );
    t.equal(upstream.posts.length, 2, transport);
  }
});

t.test('TLS is undici’s in any case', async (t) => {
  const upstream = await startUpstream({ tls: true });
  const transport = openTransport('auto');
  t.teardown(() => Promise.all([transport.close(), upstream.close()]));
  const { error } = await ask(transport, upstream.origin).over;
  t.match(error, { code: /SELF_SIGNED|UNABLE_TO_VERIFY/ }, 'it was met, and not trusted');
});
