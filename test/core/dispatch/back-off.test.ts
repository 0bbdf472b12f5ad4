import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { startSwitchyard, type Switchyard } from '../../switchyard.ts';
import { testFolder } from '../../test-folder.ts';

/** A program that answers, holds an answer whose prompt says so, and exits with all active answers on request. */
const PROGRAM = `
import { createServer } from 'node:http';
const message = { role: 'assistant', content: 'here I am' };
const answer = { id: 'x', object: 'chat.completion', created: 1, model: 'm', choices: [{ index: 0, message, finish_reason: 'stop' }] };
let held = 0;
createServer(async (request, response) => {
  const body = (await request.toArray()).join('');
  if (request.url === '/held') return response.end(String(held));
  if (request.url === '/die') process.exit(3);
  if (body.includes('hold') && !process.argv.includes('again')) return void held++;
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
}).listen(process.env.PORT, '127.0.0.1');
`;

/** Chance that makes a back-off last a minute, so that it is over only when the test ends it. */
const LONG = 119;

/** Its first run holds answers, later ones do not. */
const COMMAND = `
import { existsSync, writeFileSync } from 'node:fs';
const mark = new URL('./ran', import.meta.url);
if (existsSync(mark)) process.argv.push('again');
writeFileSync(mark, '');
await import('./program.mjs');
`;

async function switchyardWith(
  t: Test,
  more: Record<string, unknown> = {},
): Promise<Switchyard & { chance: { value: number } }> {
  const chance = { value: 0 };
  const folder = testFolder(t, { 'program.mjs': PROGRAM, 'main.mjs': COMMAND });
  const switchyard = await startSwitchyard(
    t,
    {
      home: `${folder}/home`,
      providers: {
        mine: {
          use: 'process',
          command: [process.execPath, `${folder}/main.mjs`],
          env: { PORT: '{port}' },
          probe: { path: '/held' },
          models: { m: 'm' },
        },
        embedded: { enabled: false },
      },
      ...more,
    },
    { random: () => chance.value },
  );
  return { ...switchyard, chance };
}

const processOf = (switchyard: Switchyard) => switchyard.gateway.upstreams.get('mine')!.process!;
const at = (switchyard: Switchyard, path: string) =>
  fetch(`http://127.0.0.1:${processOf(switchyard).port}${path}`);

/** Exits with that many active answers, and is in back-off until it is started. */
async function dies(switchyard: Switchyard & { chance: { value: number } }, underway: number) {
  const held = Array.from({ length: underway }, () =>
    switchyard.chat({ messages: [{ role: 'user', content: 'hold' }] }),
  );
  while ((await (await at(switchyard, '/held')).text()) !== String(underway)) await sleep(5);
  switchyard.chance.value = LONG;
  await at(switchyard, '/die').catch(() => undefined);
  while (processOf(switchyard).state !== 'backoff') await sleep(2);
  switchyard.chance.value = 0;
  return held;
}

t.test("requests during a program's back-off wait for it, however many answers died with it", async (t) => {
  for (const retry of [{}, { again: 0 }]) {
    const switchyard = await switchyardWith(t, { retry, timeouts: { queue: '10m' } });
    t.equal((await switchyard.chat()).status, 200);
    const held = await dies(switchyard, 5);
    t.ok(switchyard.gateway.upstreams.get('mine')!.blocks.has('backoff'));
    let begun = 0;
    switchyard.gateway.events.request.on(() => void begun++);
    const asked = Array.from({ length: 20 }, (_, nth) => switchyard.chat({ stream: nth % 2 === 0 }));
    while (begun < asked.length) await sleep(5);
    await switchyard.ask('/providers/mine/start', { method: 'POST' });
    const came = await Promise.all(asked);
    t.strictSame(
      came.map(({ status }) => status),
      came.map(() => 200),
    );
    t.match(await switchyard.trace(), { notes: [{}, { waited: 'mine to be ready' }] });
    if (!('again' in retry))
      for (const { status } of await Promise.all(held)) t.equal(status, 200, 'those that died with it, too');
    await Promise.all(held);
    // The failures were those of a run that is no more.
    t.match((await switchyard.ask('/health')).json(), { providers: [{ name: 'mine', status: 'healthy' }] });
  }
});

t.test('a dry run says that the request waits', async (t) => {
  const switchyard = await switchyardWith(t, { timeouts: { queue: '10m' } });
  t.equal((await switchyard.chat()).status, 200);
  await Promise.all(await dies(switchyard, 0));
  t.match((await switchyard.ask('/route?model=m')).json(), { waits: /^mine to be ready/ });
});

t.test('a request does not wait for a back-off longer than timeouts.queue, and learns its end', async (t) => {
  const switchyard = await switchyardWith(t, { timeouts: { queue: '100ms' } });
  t.equal((await switchyard.chat()).status, 200);
  await dies(switchyard, 0);
  const { status, headers, text } = await switchyard.chat();
  t.equal(status, 503);
  const after = Number(headers['retry-after']);
  t.ok(after > 0 && after <= 60, `${after} s of the minute are left`);
  t.match(JSON.parse(text).error, {
    code: 'provider_unavailable',
    message: /mine is blocked \(mine exited with code 3.*next try in/,
  });
});
