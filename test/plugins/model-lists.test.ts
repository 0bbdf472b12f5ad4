import t, { type Test } from 'tap';
import { startSwitchyard, type Answer } from '../switchyard.ts';
import { startModelServer } from '../model-server.ts';
import { MOST_PARTS } from '../../wire/json.ts';

/** Asks until the answer is as wanted: what the gateway learns by itself has no event that a test sees. */
async function until(ask: () => Promise<Answer>, wanted: (answer: Answer) => boolean): Promise<Answer> {
  for (let turn = 0; turn < 4_000; turn++) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('it never was so');
}

const pair = async (t: Test) => {
  const other = await startModelServer(t, { list: { data: [{ id: 'known' }] } });
  const server = await startModelServer(t, { list: { data: [{ id: 'first' }] } });
  return { other, server };
};

t.test(
  'a server that starts after the gateway is asked for its models from then on, and no other is',
  async (t) => {
    const { other, server } = await pair(t);
    await server.close();
    const switchyard = await startSwitchyard(t, {
      unknownModels: undefined,
      breaker: { look: '20ms' },
      providers: {
        other: { use: 'openai-compatible', baseUrl: other.url },
        late: { use: 'openai-compatible', baseUrl: server.url },
      },
    });
    t.equal(
      (await switchyard.chat({ model: 'first' })).status,
      502,
      'it is not there yet, and may have the name',
    );
    const back = await startModelServer(t, { port: server.port, list: { data: [{ id: 'first' }] } });
    await until(
      () => switchyard.ask('/v1/models'),
      (answer) => answer.text.includes('first'),
    );
    for (let turn = 0; turn < 10; turn++)
      t.equal((await switchyard.chat({ model: 'first' })).headers['x-switchyard-provider'], 'late');
    t.equal((await switchyard.chat({ model: 'unknown-model' })).status, 404, 'its list holds at once');
    t.equal(back.asked.length, 10);
    t.equal(other.asked.length, 0);
  },
);

t.test('a changed list is noticed: at the interval, and when a new name is requested', async (t) => {
  const { server } = await pair(t);
  const switchyard = await startSwitchyard(t, {
    unknownModels: undefined,
    'model-lists': { near: '30ms' },
    providers: { lab: { use: 'openai-compatible', baseUrl: server.url } },
  });
  server.list = [{ id: 'second' }];
  await until(
    () => switchyard.ask('/v1/models'),
    (answer) => answer.text.includes('second') && !answer.text.includes('first'),
  );
  const slow = await startSwitchyard(t, {
    unknownModels: undefined,
    providers: { lab: { use: 'openai-compatible', baseUrl: server.url } },
  });
  server.list = { models: [{ name: 'third:latest' }] };
  const answer = await until(
    () => slow.chat({ model: 'third' }),
    ({ status }) => status === 200,
  );
  t.equal(answer.headers['x-switchyard-model'], 'third:latest');
});

t.test('an unknown name costs few checks, however often it is requested', async (t) => {
  const { server } = await pair(t);
  const switchyard = await startSwitchyard(t, {
    unknownModels: undefined,
    providers: { lab: { use: 'openai-compatible', baseUrl: server.url } },
  });
  const began = performance.now();
  for (let turn = 0; turn < 100; turn++) t.equal((await switchyard.chat({ model: 'none' })).status, 404);
  const seconds = (performance.now() - began) / 1_000;
  t.ok(server.looks <= 2 + seconds * 1.2, `${server.looks} looks in ${seconds} s`);
});

t.test('a broken list removes nothing, and an empty one says nothing', async (t) => {
  const { server } = await pair(t);
  const switchyard = await startSwitchyard(t, {
    unknownModels: undefined,
    'model-lists': { near: '20ms' },
    providers: { lab: { use: 'openai-compatible', baseUrl: server.url } },
  });
  for (const broken of ['no JSON', 7, { data: 7 }, { detail: 'what?' }]) {
    const { looks } = server;
    server.list = broken;
    while (server.looks < looks + 2) await new Promise((resolve) => setTimeout(resolve, 10));
    t.equal((await switchyard.chat({ model: 'first' })).status, 200);
    t.equal((await switchyard.chat({ model: 'none' })).status, 404, 'what was known holds on');
  }
  server.list = { data: [] };
  await until(
    () => switchyard.chat({ model: 'any' }),
    ({ status }) => status === 200,
  );
});

t.test('a list that grows with requests does not exclude further names', async (t) => {
  const server = await startModelServer(t, { list: { data: [] } });
  const switchyard = await startSwitchyard(t, {
    unknownModels: undefined,
    'model-lists': { near: '20ms' },
    providers: { lab: { use: 'openai-compatible', baseUrl: server.url } },
  });
  t.equal((await switchyard.chat({ model: './first' })).status, 200);
  server.list = { data: [{ id: './first' }] };
  await until(
    () => switchyard.ask('/v1/models'),
    (answer) => answer.text.includes('./first'),
  );
  t.equal((await switchyard.chat({ model: './second' })).status, 200);
  t.strictSame(
    server.asked.map(({ model }) => model),
    ['./first', './second'],
  );
});

t.test('a list that cannot be read leaves the models that are known', async (t) => {
  const { server } = await pair(t);
  const switchyard = await startSwitchyard(t, {
    unknownModels: undefined,
    'model-lists': { near: '30ms' },
    providers: { lab: { use: 'openai-compatible', baseUrl: server.url } },
  });
  server.list = { data: [{ id: 'second' }, ...Array.from({ length: MOST_PARTS }, () => ({}))] };
  while (!switchyard.log.some((line) => line.includes('more than 500000 objects')))
    await switchyard.ask('/health/live');
  t.match((await switchyard.ask('/v1/models')).text, /first/);
  t.equal((await switchyard.chat({ model: 'first' })).status, 200);
});
