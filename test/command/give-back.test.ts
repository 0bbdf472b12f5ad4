// What the start has left in memory goes when the gateway is calm. Resident memory is read as an operator reads it.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { startCommand } from '../command.ts';

/** As `npm start` sets them. */
const HEAP = [
  '--min-semi-space-size=16',
  '--max-semi-space-size=32',
  '--initial-old-space-size=256',
  '--expose-gc',
];
/** KiB that a gateway with one thread gives back, and with two: more than one thread has to give */
const GIVEN_BACK = [30 * 1024, 100 * 1024];

const linux = process.platform === 'linux' ? {} : { skip: 'resident memory is read from /proc' };

/** KiB */
const resident = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]);

for (const [at, least] of GIVEN_BACK.entries())
  t.test(`threads that are calm give back what their start has left: ${at + 1}`, linux, async (t) => {
    const config = { discover: false, server: { port: 0, threads: at + 1 } };
    const { child, url } = startCommand(t, { flags: HEAP, config });
    const base = await url;
    let most = 0;
    for (;;) {
      const now = resident(child.pid!);
      most = Math.max(most, now);
      if (now < most - least) break;
      await sleep(20);
    }
    t.equal((await fetch(`${base}/health/live`)).status, 200);
  });

t.test('without the flag of the launcher it starts as well', async (t) => {
  const { url } = startCommand(t, { config: { discover: false, server: { port: 0 } } });
  t.equal((await fetch(`${await url}/health/live`)).status, 200);
});
