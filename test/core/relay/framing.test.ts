/** Streams whose events are not server-sent ones: each line, or one array. The protocol is made up. */
import { once } from 'node:events';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { root } from '../../../gateway.ts';
import { CHAT, chunk, startStandIn, streams, says, type Reply } from '../../servers/stand-in.ts';
import { startSwitchyard } from '../../switchyard.ts';

const plugins = [join(root, 'test/core/translation/tell.ts')];
const STREAM = '/tell/models/m:stream';
const LINES = ['{"say":"Hel"}', '{"say":"lo", "x": 1.10}', '{"end":true}'];
const body = { text: 'hi' };

/** Sends these pieces, each by itself; then the body ends, or breaks. */
const pieces =
  (all: readonly (string | Buffer)[], type = 'application/x-ndjson', then: 'end' | 'break' = 'end'): Reply =>
  async ({ response }) => {
    response.writeHead(200, { 'content-type': type });
    for (const piece of all) {
      if (!response.write(piece)) await once(response, 'drain');
      await new Promise((done) => setImmediate(done));
    }
    if (then === 'end') response.end();
    else response.socket?.destroySoon();
  };

async function start(t: Test, surface: 'tell' | 'chat', reply: Reply, other?: Reply) {
  const path = surface === 'chat' ? CHAT : 'POST /v1/models/m:stream';
  const whole = 'POST /v1/models/m:tell';
  const server = await startStandIn(t, { [path]: reply, ...(surface === 'tell' && { [whole]: reply }) });
  const second = other && (await startStandIn(t, { [path]: other }));
  const provider = (url: string) => ({
    use: 'openai-compatible',
    baseUrl: `${url}/v1`,
    surfaces: [surface],
    models: { m: 'm' },
  });
  const switchyard = await startSwitchyard(t, {
    plugins,
    providers: { one: provider(server.url), ...(second && { two: provider(second.url) }) },
    models: {
      m: {
        strategy: { use: 'round-robin' },
        targets: [{ provider: 'one' }, ...(second ? [{ provider: 'two' }] : [])],
      },
    },
    retry: { again: 0 },
  });
  return { switchyard, server };
}

t.test('lines pass as the bytes they came in, however they were cut', async (t) => {
  const text = `${LINES.join('\n')}\n`;
  for (const all of [[text], [...text], [text.slice(0, -1)], [`${text}{"say":"after the end"}\n`]]) {
    const { switchyard } = await start(t, 'tell', pieces(all));
    const answer = await switchyard.ask(STREAM, { body });
    t.equal(answer.text, text.slice(0, all[0] === text.slice(0, -1) ? undefined : text.length));
    t.match(answer.headers['content-type'], 'application/x-ndjson');
    t.equal((await switchyard.trace()).ending, 'complete');
  }
});

t.test('a stream whose type says JSON is recognised by what was requested', async (t) => {
  const { switchyard } = await start(t, 'tell', pieces([`${LINES.join('\n')}\n`], 'application/json'));
  t.equal((await switchyard.ask(STREAM, { body })).text, `${LINES.join('\n')}\n`);
});

t.test('a whole answer is a stream for a caller that wants one, and a stream a whole answer', async (t) => {
  const streamed = await start(t, 'tell', pieces([`${LINES.join('\n')}\n`]));
  const whole = await streamed.switchyard.ask('/tell/models/m:tell', { body });
  t.strictSame(whole.json(), { data: 'Hello' });
  t.strictSame((await streamed.switchyard.chat({ model: 'm' })).json().choices[0].message.content, 'Hello');
});

t.test('one array has an element for each event', async (t) => {
  const { switchyard } = await start(t, 'tell', pieces([`${LINES.join('\n')}\n`]));
  const answer = await switchyard.ask(`${STREAM}?as=array`, { body });
  t.equal(answer.text, `[${LINES.join(',\n')}]\n`);
  t.match(answer.headers['content-type'], 'application/json');
});

t.test('server-sent events become lines or an array, event by event', async (t) => {
  const events = [chunk({ role: 'assistant', content: 'Hel' }), chunk({ content: 'lo' }), chunk({}, 'stop')];
  const { switchyard } = await start(t, 'chat', streams([...events, '[DONE]']));
  const lines = ['{"say":"Hel"}', '{"say":"lo"}', '{"end":true}'];
  t.equal((await switchyard.ask(STREAM, { body })).text, `${lines.join('\n')}\n`);
  t.equal((await switchyard.ask(`${STREAM}?as=array`, { body })).text, `[${lines.join(',\n')}]\n`);
  t.equal((await switchyard.trace()).translated, 'tell-to-chat');
});

t.test('lines become server-sent events', async (t) => {
  const { switchyard } = await start(t, 'tell', pieces([`${LINES.join('\n')}\n`]));
  const answer = await switchyard.chat({ model: 'm', stream: true });
  t.equal(answer.content, 'Hello');
  t.equal(answer.events.at(-1), '[DONE]');
  t.match(answer.headers['content-type'], 'text/event-stream');
});

t.test('a whole answer of chat is unfolded to lines', async (t) => {
  const whole = {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  };
  const { switchyard } = await start(t, 'chat', says(200, whole));
  t.equal((await switchyard.ask(STREAM, { body })).text, '{"say":"Hello"}\n{"end":true}\n');
  t.equal((await switchyard.ask(`${STREAM}?as=array`, { body })).text, '[{"say":"Hello"},\n{"end":true}]\n');
});

t.test('an answer that breaks off after content ends with an error in the framing', async (t) => {
  const half = [`${LINES[0]}\n`, '{"say":"ha'];
  const cut = await start(t, 'tell', pieces(half, 'application/x-ndjson', 'break'));
  const lines = (await cut.switchyard.ask(STREAM, { body })).text.trimEnd().split('\n');
  t.equal(lines[0], LINES[0]);
  t.match(JSON.parse(lines[1] as string), { error: { code: 'stream_cut' } });
  const array = (await cut.switchyard.ask(`${STREAM}?as=array`, { body })).json();
  t.match(array, [{ say: 'Hel' }, { error: { code: 'stream_cut' } }]);
  const events = await cut.switchyard.chat({ model: 'm', stream: true });
  t.match(JSON.parse(events.events.at(-1) as string), { error: { code: 'stream_cut' } });
});

t.test("an upstream's own error line passes as it came, and before content another is asked", async (t) => {
  const error = '{"error":{"message":"no more"}, "kept": true}';
  const after = await start(t, 'tell', pieces([`${LINES[0]}\n${error}\n`]));
  t.equal((await after.switchyard.ask(STREAM, { body })).text, `${LINES[0]}\n${error}\n`);
  const before = await start(t, 'tell', pieces([`${error}\n`]), pieces([`${LINES.join('\n')}\n`]));
  t.equal((await before.switchyard.ask(STREAM, { body })).text, `${LINES.join('\n')}\n`);
  t.equal((await before.switchyard.trace()).attempts.length, 2);
});

t.test('a translation may say more of a stream that breaks off than its dialect', async (t) => {
  const { switchyard } = await start(t, 'chat', streams([chunk({ content: 'Hel' })], 'break'));
  const [, last] = (await switchyard.ask(STREAM, { body })).text.trimEnd().split('\n');
  t.match(JSON.parse(last as string), { error: { code: 'stream_cut' }, said: 'Hel' });
});

t.test('a caller whose framing has no comments gets none', async (t) => {
  const slow: Reply = async (asked) => {
    await new Promise((done) => setTimeout(done, 300));
    await pieces([`${LINES.join('\n')}\n`])(asked);
  };
  const server = await startStandIn(t, { 'POST /v1/models/m:stream': slow });
  const one = { use: 'openai-compatible', baseUrl: `${server.url}/v1`, surfaces: ['tell'] };
  const timeouts = { keepalive: '50ms' };
  const switchyard = await startSwitchyard(t, { plugins, providers: { one }, timeouts });
  t.equal((await switchyard.ask(STREAM, { body })).text, `${LINES.join('\n')}\n`);
  t.equal((await switchyard.ask(`${STREAM}?as=array`, { body })).text, `[${LINES.join(',\n')}]\n`);
  t.ok((await switchyard.chat({ model: 'm', stream: true })).text.startsWith(': keep-alive\n\n'));
});
