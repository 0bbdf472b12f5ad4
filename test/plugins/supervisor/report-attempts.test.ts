import t from 'tap';
import { meaningOf, type ErrorCode } from '../../../core/errors.ts';
import { ask, programOf, reasonFor, switchyardOf, until } from './talkers.ts';

interface Failing {
  readonly code: ErrorCode;
  /** what the program does with a request */
  readonly deed: string;
  readonly stream?: boolean;
  /** the one that runs out */
  readonly timeout?: string;
}

const FAILING: readonly Failing[] = [
  { code: 'first_byte_timeout', deed: 'hang', timeout: 'firstByte' },
  { code: 'first_content_timeout', deed: 'ping', timeout: 'firstContent', stream: true },
  { code: 'stream_stalled', deed: 'stall', timeout: 'idle' },
  { code: 'total_timeout', deed: 'hang', timeout: 'total' },
  { code: 'upstream_reset', deed: 'reset' },
  { code: 'stream_cut', deed: 'cut' },
  { code: 'upstream_status', deed: 'refuse' },
  { code: 'upstream_empty', deed: 'empty' },
  { code: 'upstream_malformed', deed: 'page' },
];

for (const { code, deed, timeout, stream = false } of FAILING) {
  const { process: shows } = meaningOf(code);
  t.test(`${code} shows of a program that it has ${shows}`, { timeout: 300_000 }, async (t) => {
    const switchyard = await switchyardOf(
      t,
      { one: { probe: { path: '/health', every: '1h' }, restartUnhealthy: '1h' } },
      {
        breaker: { failures: 1_000, minimum: 1_000 },
        retry: { again: 0 },
        timeouts: timeout === undefined ? {} : { [timeout]: '200ms' },
      },
    );
    const one = programOf(switchyard, 'one');
    await one.start('the test wants it');
    const before = one.lastProbe?.atEpochMs;
    for (let asked = 0; asked < 3; asked++) await ask(switchyard, deed, { stream });
    t.equal((await switchyard.trace()).attempts[0].reason, code);
    if (shows === 'answered') t.equal(one.lastProbe?.atEpochMs, before, 'its health is not checked');
    else await until(() => one.lastProbe?.atEpochMs !== before);
    if (shows !== 'stalled') return t.equal(one.state, 'healthy', 'after three in a row');
    // Those during which it still computed, as at its start, do not count.
    while (one.state !== 'unhealthy') await ask(switchyard, deed, { stream });
    t.match(reasonFor(one, 'unhealthy'), /^nothing came of 3 requests in a row/);
  });
}
