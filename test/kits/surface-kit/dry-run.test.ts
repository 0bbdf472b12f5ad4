import { getActiveResourcesInfo } from 'node:process';
import t from 'tap';
import { dryRun } from '../../../kits/surface-kit/dry-run.ts';
import type { Call, Context, Dialect, ManagedProcess } from '../../../core/contracts/index.ts';
import type { Target } from '../../../core/upstreams/target.ts';
import { aRoute, NOW, program, target, TIMEOUTS } from '../../core/dispatch/a-route.ts';

const never = (): never => {
  throw new Error('a dry run waits for nothing');
};

function run(targets: readonly Target[], process?: Partial<ManagedProcess>, picked: Target[] = []) {
  const strategy = {
    pick: never,
    peek: ([first]: readonly Target[]) => (picked.push(first as Target), first),
  };
  const route = aRoute(targets, { strategy: strategy as never });
  const call = { model: 'm', stream: false } as Call;
  const asleep = process && program({ ready: never, start: never, ...process });
  return dryRun(
    { route, call, dialect: {} as Dialect, log: {} as Context['log'] },
    { now: () => NOW, process: () => asleep, timeouts: () => TIMEOUTS },
  );
}

const timers = (): number => getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

t.test('a dry run says what a request would come to, sets no timer and moves no strategy on', (t) => {
  const before = timers();
  const picked: Target[] = [];
  const well = target('well', { slots: 1 });
  t.match(run([well], undefined, picked), { pick: well, notes: [] });
  t.strictSame(picked, [well]);
  well.concurrency!.acquire();
  t.match(run([well]), { waits: 'a free slot at well' });
  t.equal(well.concurrency!.waiting, 0);
  const local = target('local');
  local.block('stopped', Infinity, 'stopped: it is not needed');
  t.match(run([local], {}), { waits: 'local to be ready (it is stopped)' });
  const refusal = new Error('started by hand only');
  t.match(run([local], { refusal }), { error: { cause: refusal } });
  t.match(run([local], { restartsAtMs: NOW + TIMEOUTS.queue }), { waits: /^local to be ready/ });
  t.match(run([local], { restartsAtMs: NOW + 60_000 }), {
    error: { code: 'provider_unavailable', retryAfterS: 60 },
  });
  t.equal(timers(), before);
  t.end();
});
