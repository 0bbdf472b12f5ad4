/** Responses that gateways share in PostgreSQL: a conversation that began at one goes on at the other. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { noPostgres, postgresServer } from '../../../../../postgres.ts';
import { CHAT, recorded, says, startStandIn, type StandIn } from '../../../../../servers/stand-in.ts';
import { startSwitchyard, type Ask, type Switchyard } from '../../../../../switchyard.ts';
import { testFolder } from '../../../../../test-folder.ts';
import type { Parsed } from '../../recorded.ts';

const skip = noPostgres;
const timeout = 180_000;
const KEY = 'first-key-of-ours';
const OTHER_KEY = 'other-key-of-ours';

const answers = (content: string) =>
  says(200, {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'own',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  });

const provider = (server: StandIn, surfaces?: readonly string[]) => ({
  use: 'openai-compatible',
  baseUrl: `${server.url}/v1`,
  models: { m: 'own' },
  ...(surfaces && { surfaces }),
});

async function fleet(t: Test, providers: Record<string, unknown>) {
  const postgres = await postgresServer(t);
  const folder = testFolder(t, {});
  const start = async (name: string): Promise<Switchyard> => {
    const home = join(folder, name);
    mkdirSync(home, { recursive: true });
    return startSwitchyard(t, {
      home,
      store: { use: 'postgres', url: postgres.url },
      server: { apiKeys: [KEY, OTHER_KEY] },
      retry: { again: 0 },
      providers,
    });
  };
  return { postgres, start, one: await start('one'), two: await start('two') };
}

const as = (gateway: Switchyard, path: string, { headers, ...ask }: Ask = {}, key = KEY) =>
  gateway.ask(path, { ...ask, headers: { authorization: `Bearer ${key}`, ...headers } });

const asked = async (gateway: Switchyard, body: Parsed, key?: string) =>
  as(gateway, '/v1/responses', { body: { model: 'm', ...body } }, key);

const waits = async (gateway: Switchyard): Promise<{ bytes: number; lost: number } | undefined> =>
  (await as(gateway, '/health')).json().store.waiting.responses;

t.test('a conversation goes on at another gateway, for its key alone', { skip, timeout }, async (t) => {
  const server = await startStandIn(t, { [CHAT]: answers('Noon.') });
  const { one, two } = await fleet(t, { server: provider(server, ['chat']) });
  let previous: string | undefined;
  for (let nth = 0; nth < 6; nth++) {
    const gateway = nth % 2 === 0 ? one : two;
    const answer = await asked(gateway, { input: `question ${nth}`, previous_response_id: previous });
    t.equal(answer.status, 200, answer.text);
    previous = answer.json().id as string;
  }
  t.match(
    server.asked.at(-1)?.body.messages.map(({ content }: Parsed) => content),
    [0, 1, 2, 3, 4].flatMap((nth) => [`question ${nth}`, 'Noon.']).concat('question 5'),
  );
  const path = `/v1/responses/${previous}`;
  t.match((await as(one, path)).json(), { id: previous, output: [{ content: [{ text: 'Noon.' }] }] });
  t.equal((await as(one, `${path}/input_items?limit=100`)).json().data.length, 11);
  t.match((await as(one, `${path}/cancel`, { method: 'POST' })).json(), {
    error: { code: 'invalid_request' },
  });
  t.equal((await as(one, path, {}, OTHER_KEY)).status, 404);
  t.equal((await asked(one, { input: 'x', previous_response_id: previous }, OTHER_KEY)).status, 404);
  t.equal((await as(one, path, { method: 'DELETE' }, OTHER_KEY)).status, 404);
  t.match((await as(one, path, { method: 'DELETE' })).json(), { id: previous, deleted: true });
  while ((await as(two, path)).status !== 404) await sleep(10);
  t.match((await asked(two, { input: 'x', previous_response_id: previous })).json(), {
    error: { code: 'response_not_found' },
  });
});

t.test('an item that another gateway has made may be named', { skip, timeout }, async (t) => {
  const server = await startStandIn(t, { [CHAT]: answers('Noon.') });
  const { one, two } = await fleet(t, { server: provider(server, ['chat']) });
  const made = (await asked(one, { input: 'hi' })).json();
  const input = [
    { type: 'item_reference', id: made.output[0].id },
    { role: 'user', content: 'So?' },
  ];
  t.equal((await asked(two, { input })).status, 200);
  t.match(server.asked.at(-1)?.body.messages, [{ role: 'assistant', content: 'Noon.' }, { role: 'user' }]);
});

t.test(
  'what a provider keeps is asked of the one that made it, at any gateway',
  { skip, timeout },
  async (t) => {
    const maker = await startStandIn(t, {
      'POST /v1/responses': recorded('llama-server/responses.http.txt'),
    });
    const stranger = await startStandIn(t, {});
    const { one, two } = await fleet(t, { stranger: provider(stranger), maker: provider(maker) });
    const body = { model: 'm', input: 'hi' };
    const { id } = (await as(one, '/v1/responses?provider=maker', { body })).json();
    t.equal((await asked(two, { input: 'more', previous_response_id: id })).status, 200);
    t.match(maker.asked.at(-1)?.body, { previous_response_id: id, input: 'more' }, 'as it came');
    t.equal((await asked(two, { input: 'more', previous_response_id: id }, OTHER_KEY)).status, 404);
    maker.replies[`GET /v1/responses/${id}`] = says(200, { id, object: 'response' });
    t.match((await as(two, `/v1/responses/${id}`)).json(), { id });
    t.notOk(stranger.asked.some((request) => request.path.includes('responses')));
  },
);

t.test('without PostgreSQL each gateway goes on with what it has made', { skip, timeout }, async (t) => {
  const server = await startStandIn(t, { [CHAT]: answers('Noon.') });
  const { postgres, start, one, two } = await fleet(t, { server: provider(server, ['chat']) });
  const first = (await asked(one, { input: 'before' })).json().id as string;
  t.equal((await as(two, `/v1/responses/${first}`)).status, 200);
  await postgres.kill();
  const second = (await asked(one, { input: 'meanwhile', previous_response_id: first })).json().id as string;
  t.match(server.asked.at(-1)?.body.messages.length, 3);
  const unknown = await asked(two, { input: 'x', previous_response_id: second });
  t.match(unknown, { status: 503, headers: { 'retry-after': '5' } });
  t.match(unknown.json(), { error: { code: 'store_unavailable' } }, 'no client gives the conversation up');
  t.equal((await as(two, `/v1/responses/${first}`, { method: 'DELETE' })).status, 503);
  while (((await waits(one))?.bytes ?? 0) === 0) await sleep(20);
  await one.close();
  await postgres.start();
  const again = await start('one');
  while ((await asked(two, { input: 'x', previous_response_id: second })).status !== 200) await sleep(20);
  while ((await waits(again))?.bytes !== 0) await sleep(20);
  t.match(await waits(again), { lost: 0 });
});
