import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { Rewriting } from '../../../kits/feature-kit/hooks/rewriting.ts';
import { RewrittenEvents } from '../../../kits/feature-kit/hooks/rewritten-events.ts';
import { HookCounts } from '../../../kits/feature-kit/hooks/counts.ts';
import { choicesTexts } from '../../../plugins/surfaces/openai/dialects/choices-texts.ts';
import { openLab, type LabParts } from '../../lab.ts';

/** A feature whose hook does what the caller's header says. */
const ODD = `
import { addHook, refusal } from 'KIT';
const rewrites = {
  shout: (text) => ({ text: text.toUpperCase() }),
  end: (text) => { if (text.includes('B')) throw refusal('B is not said here'); return { text }; },
  break: (text) => { if (text.includes('B')) throw new Error('cannot read B'); return { text }; },
  hold: (text, { isEnd }) => isEnd ? { text } : { text: '', held: text.length },
};
export default {
  name: 'odd',
  options: { type: 'object', properties: { onFailure: { type: 'string', default: 'refuse' }, withinMs: { type: 'number', default: 60000 } } },
  create({ onFailure, withinMs }, host) {
    addHook(host, { name: 'odd', onFailure, withinMs, request: async ({ headers, body, signal }) => {
      const does = headers['x-do'];
      if (does === 'refuse') throw refusal('not today');
      if (does === 'throw') throw new Error('a fault of its own');
      if (does === 'sleep') return new Promise(() => {});
      if (does === 'other') return { model: 'other' };
      if (does === 'body') return { body: Buffer.from(body.toString().replace('hi', 'hello')) };
      return rewrites[does] && { rewrite: rewrites[does] };
    } });
  },
};`;

async function open(t: Test, odd: Record<string, unknown> = {}, parts: LabParts = {}) {
  const folder = t.testdir({});
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'odd.ts');
  writeFileSync(file, ODD.replace('KIT', join(import.meta.dirname, '../../../kits/feature-kit/index.ts')));
  const lab = await openLab(t, {
    upstream: { text: ['A', 'B', 'C'] },
    ...parts,
    config: { plugins: [file], odd, ...parts.config },
  });
  const told = (does: string, body: Record<string, unknown> = {}, path = '/v1/chat/completions') =>
    lab.switchyard.ask(path, {
      headers: { 'x-do': does },
      body: { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }], ...body },
    });
  return { ...lab, told };
}

t.test('a hook changes a request, its model, and the texts of its answer', async (t) => {
  const { upstream, told } = await open(t, {}, { upstream: { text: ['a', 'b', 'c'] } });
  t.equal((await told('nothing')).status, 200);
  t.equal((await told('body')).status, 200);
  t.equal((await told('other')).status, 200);
  t.same(
    upstream.posts
      .map(({ body }) => JSON.parse(body.toString()))
      .map(({ model, messages }) => [model, messages[0].content]),
    [
      ['m', 'hi'],
      ['m', 'hello'],
      ['other', 'hi'],
    ],
  );
  t.equal((await told('shout')).json().choices[0].message.content, 'ABC');
  t.equal((await told('shout', { stream: true })).content, 'ABC');
  t.equal((await told('hold', { stream: true })).content, 'abc', 'all is held to the end');
  t.match(
    (await told('shout', { stream: true }, '/v1/messages')).text,
    /"text":"A".*"text":"B".*message_stop/s,
  );
});

t.test('a hook may replace a name that leads nowhere, and other such names are still refused', async (t) => {
  const provider = { models: { other: 'real' } };
  const { upstream, told } = await open(t, {}, { provider, config: { unknownModels: undefined } });
  t.equal((await told('other')).status, 200);
  t.equal(upstream.posts[0]?.json()?.model, 'real');
  t.match(await told('body'), { status: 404, text: /model_not_found/ });
  t.match(await told('other', {}, '/v1/messages'), { status: 200 });
});

t.test(
  'a hook refuses a request with its reason, in the words of the API, and no provider is asked',
  async (t) => {
    const { switchyard, told, asked } = await open(t);
    t.match(await told('refuse'), {
      status: 400,
      text: /^\{"error":\{"message":"not today".*"code":"hook_refused"/,
    });
    t.match(await told('refuse', { stream: true }, '/v1/messages'), {
      status: 400,
      text: /"type":"error".*not today/,
    });
    t.same(asked(), []);
    t.match(await switchyard.trace(), {
      reason: 'hook_refused',
      ending: 'refused',
      notes: [{ remark: 'the hook odd refused the request' }],
      attempts: [],
    });
    t.match(
      (await switchyard.ask('/metrics')).text,
      /switchyard_hooks_total\{hook="odd",outcome="refused"\} 2/,
    );
  },
);

t.test('a hook ends an answer, and the client is told why', async (t) => {
  const parts = { upstream: { text: ['A', 'B', 'C'], interval: 5 }, provider: { surfaces: ['chat'] } };
  const { upstream, switchyard, told } = await open(t, {}, parts);
  const cut = await told('end', { stream: true });
  t.match(cut, { status: 200, content: 'A', text: /B is not said here/ });
  t.notMatch(cut.text, /"C"|\[DONE\]/);
  t.match(await switchyard.trace(), {
    reason: 'hook_refused',
    notes: [{ remark: 'the hook odd ended the answer' }],
  });
  await upstream.quiet();
  t.match(await told('end', { stream: true }, '/v1/messages'), {
    text: /event: error\ndata: .*B is not said here/,
  });
  t.match(await told('end'), { status: 400, text: /"message":"B is not said here".*hook_refused/ });
  t.equal(upstream.posts.length, 3, 'no other target is asked');
});

t.test('a hook that throws, or is late, lets nothing pass, or all of it', async (t) => {
  const slow = { upstream: { text: ['A', 'B', 'C'], interval: 5 } };
  const closed = await open(t, { withinMs: 30 }, slow);
  for (const does of ['throw', 'sleep'])
    t.match(await closed.told(does), { status: 503, text: /odd could not check this.*hook_failed/ }, does);
  t.match(await closed.switchyard.trace(), {
    notes: [{ remark: 'the hook odd failed: no answer within 30 ms' }],
  });
  t.same(closed.asked(), []);
  t.match(await closed.told('break', { stream: true }), { content: 'A', text: /hook_failed/ });
  t.match(await closed.told('break'), { status: 503, text: /hook_failed/ });

  const passing = await open(t, { withinMs: 30, onFailure: 'pass' });
  for (const does of ['throw', 'sleep', 'break']) {
    t.equal((await passing.told(does, { stream: true })).content, 'ABC', does);
    t.match((await passing.switchyard.trace()).notes, [{ remark: /^the hook odd failed: / }], does);
  }
  t.match((await passing.switchyard.ask('/metrics')).text, /hook="odd",outcome="failed"\} 3/);
});

t.test('an answer of too many values to be rewritten is a failure of the hook', async (t) => {
  const chunk = (what: string): string => `data: {"choices":[{"index":0,${what}}]}\n\n`;
  const first = chunk('"delta":{"content":"a"}');
  const rest = `${chunk('"delta":{"content":"c"}')}${chunk('"delta":{},"finish_reason":"stop"')}data: [DONE]\n\n`;
  const lots = Array(200_000).fill(1).join();
  const long = chunk(`"delta":{"content":"b","x":[${lots}]}`);
  const whole = `{"choices":[{"index":0,"message":{"content":"a","x":[${lots}]},"finish_reason":"stop"}]}`;
  const logprobs = chunk(`"delta":{"content":"b"},"logprobs":{"content":[${lots}]}`);
  for (const [onFailure, rewritten] of [
    ['pass', [200, `${first.replace('"a"', '"A"')}${long}${rest}`]],
    ['refuse', [200, 'could not check this']],
  ] as const) {
    const { upstream, told } = await open(t, { onFailure });
    const says = (body: string): void => {
      const contentType = body.startsWith('data') ? 'text/event-stream' : 'application/json';
      upstream.behave('status', { code: 200, body, contentType });
    };
    says(`${first}${long}${rest}`);
    const streamed = await told('shout', { stream: true });
    t.equal(streamed.status, rewritten[0]);
    t.ok(streamed.text.includes(rewritten[1]), streamed.text.slice(-300));
    says(whole);
    const answer = await told('shout');
    if (onFailure === 'pass') t.equal(answer.text, whole);
    else t.match(answer.json(), { error: { code: 'hook_failed' } });
    says(`${first}${logprobs}${rest}`);
    const left = await told('shout', { stream: true });
    t.equal(left.content, 'ABC', 'log probabilities repeat a text, and are left out');
    t.notMatch(left.text, /hook_failed|1,1/);
  }
});

t.test('a caller that leaves while a hook thinks asks nothing of a provider', async (t) => {
  const { switchyard, asked } = await open(t);
  const leaving = new AbortController();
  const gone = switchyard.chat({}, { headers: { 'x-do': 'sleep' }, signal: leaving.signal });
  setTimeout(() => leaving.abort(), 50);
  await t.rejects(gone);
  let trace = await switchyard.trace();
  while (trace === undefined || trace.ending === null)
    trace = await switchyard.trace().catch(() => undefined);
  t.equal(trace.ending, 'left');
  t.same(asked(), []);
});

t.test('what is held is bounded, whatever a hook asks for', (t) => {
  const context = { trace: { notes: [] }, startedMs: 0 };
  const rewriting = new Rewriting(context as never, new HookCounts());
  const hook = { name: 'all', onFailure: 'pass', request: () => undefined } as const;
  rewriting.add(hook, (text, { isEnd }) => (isEnd ? { text } : { text: '', held: text.length }));
  const events = new RewrittenEvents(rewriting, choicesTexts);
  let [sent, characters] = [0, 0];
  const piece = 'x'.repeat(1_000);
  for (let nth = 1; nth <= 100; nth++) {
    const data = JSON.stringify({ choices: [{ index: 0, delta: { content: piece } }] });
    for (const { event } of events.push({ event: '', data })) {
      sent++;
      characters += JSON.parse(event.data).choices[0].delta.content.length;
    }
    t.ok(nth - sent <= 1 && nth * 1_000 - characters <= 6_000);
  }
  for (let index = 1; index < 100; index++)
    events.push({ event: '', data: JSON.stringify({ choices: [{ index, delta: { content: 'x' } }] }) });
  t.ok(events.end().length <= 33, 'one answer does not hold up all others');
  t.end();
});
