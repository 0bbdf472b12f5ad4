import { get, type IncomingMessage } from 'node:http';
import t, { type Test } from 'tap';
import type { Switchyard } from '../../../switchyard.ts';
import { ask, switchyardOf, programOf, until } from '../../supervisor/talkers.ts';

interface Line {
  readonly n: number;
  readonly at: string;
  readonly line: string;
}

async function start(t: Test, count = 0): Promise<Switchyard> {
  const switchyard = await switchyardOf(t, { one: {} });
  await programOf(switchyard, 'one').start('the test wants it');
  await say(switchyard, ...Array.from({ length: count }, (_, nth) => `line ${nth + 1}`));
  return switchyard;
}

/** Waits until the gateway has read it. */
async function say(switchyard: Switchyard, ...lines: string[]): Promise<void> {
  const { output } = programOf(switchyard, 'one').log;
  const before = output.count;
  for (const line of lines) await ask(switchyard, `say ${line}`);
  await until(() => output.count === before + lines.length);
}

const linesOf = async (switchyard: Switchyard, query: string): Promise<readonly Line[]> =>
  (await switchyard.ask(`/providers/one/logs${query}`)).json().data as readonly Line[];

/** Follows the log, as an event source does. */
async function follow(t: Test, switchyard: Switchyard, query = '', after?: number) {
  const headers = after === undefined ? {} : { 'last-event-id': String(after) };
  const response = await new Promise<IncomingMessage>((resolve) => {
    get(`${switchyard.url}/providers/one/logs?follow=true${query}`, { headers }, resolve);
  });
  t.teardown(() => response.destroy());
  let text = '';
  response
    .setEncoding('utf8')
    .on('data', (more: string) => (text += more))
    .on('error', () => {});
  const frames = () =>
    text
      .split('\n\n')
      .slice(0, -1)
      .filter((frame) => !frame.startsWith(':'));
  return {
    response,
    lines: () =>
      frames()
        .filter((frame) => frame.startsWith('event: line'))
        .map((frame) => JSON.parse(frame.split('data: ')[1]!) as Line),
    ids: () => frames().map((frame) => Number(/^id: (\d+)$/m.exec(frame)?.[1])),
  };
}

t.test('the last lines, oldest first, with number and time, and those that contain a text', async (t) => {
  const switchyard = await start(t, 4);
  t.match(await linesOf(switchyard, ''), [
    { n: 1, at: /^\d{4}-\d\d-\d\dT.*Z$/, line: 'line 1' },
    {},
    {},
    { n: 4 },
  ]);
  t.match(await linesOf(switchyard, '?lines=2'), [{ n: 3 }, { n: 4, line: 'line 4' }]);
  t.match(await linesOf(switchyard, '?search=LINE%203'), [{ n: 3 }]);
  t.strictSame(await linesOf(switchyard, '?search=nothing'), []);
});

t.test('everything kept, as a text file', async (t) => {
  const switchyard = await start(t, 3);
  const { status, headers, text } = await switchyard.ask('/providers/one/logs?download=true');
  t.equal(status, 200);
  t.match(headers, {
    'content-type': /^text\/plain/,
    'content-disposition': 'attachment; filename="one.log"',
  });
  t.match(text, /^\S+Z line 1\n\S+Z line 2\n\S+Z line 3\n$/);
});

t.test('a follower gets new lines, and resumes after a break', async (t) => {
  const switchyard = await start(t, 3);
  const first = await follow(t, switchyard, '&lines=2');
  t.match(first.response.headers, { 'content-type': /^text\/event-stream/, 'cache-control': 'no-cache' });
  await say(switchyard, 'line 4');
  await until(() => first.lines().length === 3);
  t.strictSame(first.ids(), [2, 3, 4]);
  t.match(first.lines().at(-1), { n: 4, line: 'line 4', at: String });
  first.response.destroy();
  await say(switchyard, 'line 5', 'line 6');
  const second = await follow(t, switchyard, '', 4);
  await say(switchyard, 'line 7');
  await until(() => second.ids().includes(7));
  t.strictSame(second.ids(), [5, 6, 7]);
  const searching = await follow(t, switchyard, '&search=odd');
  await say(switchyard, 'even', 'odd');
  await until(() => searching.lines().length > 0);
  t.match(searching.lines(), [{ line: 'odd' }]);
});

t.test('a slow follower costs nothing, and learns what it has missed', async (t) => {
  const switchyard = await start(t);
  const { log } = programOf(switchyard, 'one');
  const slow = await follow(t, switchyard);
  slow.response.pause();
  const write = log.output.source();
  const line = 'x'.repeat(900);
  let received = '';
  slow.response.on('data', (more: string) => (received += more));
  slow.response.pause();
  for (let nth = 0; nth < 20; nth++) {
    write(Buffer.from(`${line}\n`.repeat(1_000)));
    await new Promise((resolve) => setImmediate(resolve));
  }
  slow.response.resume();
  const last = log.output.count;
  await until(() => received.includes(`id: ${last}\n`));
  const missed = Number(/event: gap\ndata: \{"missed":(\d+)\}/.exec(received)?.[1]);
  t.ok(missed > 1_000, `${missed} were missed`);
});

t.test('a follower that disconnects is forgotten', async (t) => {
  const switchyard = await start(t);
  const { log } = programOf(switchyard, 'one');
  let unfollowed = 0;
  const follow0 = log.follow.bind(log);
  log.follow = (follower) => {
    const forget = follow0(follower);
    return () => (unfollowed++, forget());
  };
  const one = await follow(t, switchyard);
  one.response.destroy();
  await until(() => unfollowed > 0);
  t.ok(unfollowed > 0);
});

t.test('a follower does not delay the shutdown', async (t) => {
  const switchyard = await start(t);
  const { response } = await follow(t, switchyard);
  const ended = new Promise((resolve) => response.once('end', resolve));
  await Promise.all([switchyard.close(), ended]);
  t.ok(response.complete, 'it ends in good form');
});

t.test('an impossible request is refused', async (t) => {
  const switchyard = await switchyardOf(
    t,
    { one: {} },
    {
      providers: {
        one: { use: 'process', command: ['true'], models: { m: 'm' } },
        lab: { use: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1' },
      },
    },
  );
  for (const [path, status, code, param] of [
    ['/providers/unknown/logs', 404, 'provider_not_found', 'provider'],
    ['/providers/lab/logs', 409, 'action_conflict', 'provider'],
    ['/providers/one/logs?lines=0', 400, 'invalid_request', 'lines'],
    ['/providers/one/logs?follow=maybe', 400, 'invalid_request', 'follow'],
    ['/providers/one/logs?line=1', 400, 'invalid_request', 'line'],
  ] as const) {
    const answer = await switchyard.ask(path);
    t.equal(answer.status, status, path);
    t.match(answer.json(), { error: { code, param, message: String } });
  }
  t.strictSame((await switchyard.ask('/providers/one/logs')).json(), { data: [] });
});

t.test('a HEAD request for a followed log gets its head', async (t) => {
  const switchyard = await start(t, 2);
  const { status, headers, text } = await switchyard.ask('/providers/one/logs?follow=true', {
    method: 'HEAD',
  });
  t.equal(status, 200);
  t.match(headers['content-type'], 'text/event-stream');
  t.equal(text, '');
});
