import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import t from 'tap';
import { startSwitchyard } from '../../../switchyard.ts';
import { testFolder } from '../../../test-folder.ts';
import { manualUpstream, Caller, EVENTS } from '../../../core/manual-upstream.ts';
import { errorOf, gatewayInFront, idle } from '../../../in-front.ts';
import {
  PING,
  REST,
  ROLE,
  TWO,
  WHOLE,
  breaker,
  inTurn,
  start,
  timeouts,
  withoutComments,
} from './silent-upstream.ts';

t.jobs = 4;

t.test('a hedged request has comments until one of the two attempts has content', async (t) => {
  let isWarm = false;
  const [one, two] = await Promise.all(
    [1, 2].map(() => manualUpstream(t, () => (isWarm ? undefined : ROLE + REST))),
  );
  const hedge = { enabled: true, share: 1, minimum: 5 };
  const switchyard = await gatewayInFront(
    t,
    { one: one!, two: two! },
    { timeouts, breaker, route: inTurn, hedge },
  );
  for (let nth = 0; nth < 8; nth++) await new Caller(switchyard).whole();
  isWarm = true;
  for (const nth of [0, 1]) {
    const caller = new Caller(switchyard);
    const pair = [await one!.asked(nth), await two!.asked(nth)] as const;
    await caller.hears(TWO);
    const [winner, loser] = nth === 0 ? pair : pair.toReversed();
    t.equal(loser!.destroyed, false, 'a comment leaves neither of them');
    const left = once(loser!, 'close');
    winner!.writeHead(200, EVENTS).end(ROLE + REST);
    t.equal(withoutComments(await caller.whole()), withoutComments(ROLE + REST));
    t.match(caller.said, new RegExp(`: x-switchyard-provider: ${nth === 0 ? 'one' : 'two'}\n`));
    await left;
  }
  await idle(switchyard);
});

t.test('a queued request has comments, and its failure is an event of the stream', async (t) => {
  const { switchyard, one } = await start(t, {
    timeouts: { ...timeouts, queue: '1h' },
    each: { concurrency: 1 },
    route: { timeouts: {} },
  });
  const first = new Caller(switchyard);
  const asked = await one.asked(0);
  const second = new Caller(switchyard);
  await second.hears(TWO);
  t.equal(one.count, 1, 'it waits for room');
  asked.writeHead(200, EVENTS).end(ROLE + REST);
  (await one.asked(1)).writeHead(200, EVENTS).end(ROLE + REST);
  for (const caller of [first, second]) t.match(await caller.whole(), /"Hello"[^]*\[DONE\]\n\n$/);

  const strict = await start(t, { timeouts: { ...timeouts, queue: '400ms' }, each: { concurrency: 1 } });
  const busy = new Caller(strict.switchyard);
  await strict.one.asked(0);
  const said = await new Caller(strict.switchyard).whole();
  t.match(said, PING);
  t.match(errorOf(said), { code: 'queue_timeout' });
  busy.leave();
});

/** A program that answers once a file is there. */
const PROGRAM = `
import { createServer } from 'node:http';
import { existsSync } from 'node:fs';

createServer((request, response) => {
  if (request.url === '/health') return response.writeHead(existsSync(process.argv[2]) ? 200 : 503).end();
  response.writeHead(200, { 'content-type': 'application/json' }).end(${JSON.stringify(JSON.stringify(WHOLE))});
}).listen(process.env.PORT, '127.0.0.1');
`;

t.test('a request that waits for a local program to start has comments', async (t) => {
  const folder = testFolder(t, { 'server.mjs': PROGRAM });
  const command = [process.execPath, `${folder}/server.mjs`, `${folder}/ready`];
  const mine = {
    use: 'process',
    command,
    env: { PORT: '{port}' },
    probe: { path: '/health' },
    models: { m: 'm' },
    start: 'on-demand',
  };
  const switchyard = await startSwitchyard(t, { home: `${folder}/home`, timeouts, providers: { mine } });
  const caller = new Caller(switchyard);
  await caller.hears(TWO);
  await writeFile(`${folder}/ready`, '');
  t.match(await caller.whole(), /"Hello"[^]*\[DONE\]\n\n$/);
});
