import t from 'tap';
import {
  NO_CRASHES,
  afterCrash,
  backOff,
  isLoop,
} from '../../../../plugins/supervisor/restart/crash-loop.ts';

t.test('back-off doubles from one second to five minutes, and half of it is chance', (t) => {
  const most = [1, 2, 3, 9, 10, 50].map((streak) => backOff(streak, () => 1));
  t.strictSame(most, [1_000, 2_000, 4_000, 256_000, 300_000, 300_000]);
  t.equal(
    backOff(1, () => 0),
    500,
  );
  t.end();
});

t.test('five crashes in a short time are a loop', (t) => {
  let crashes = NO_CRASHES;
  for (const at of [0, 1, 2, 3]) crashes = afterCrash(crashes, at, 0);
  t.notOk(isLoop(crashes));
  t.ok(isLoop(afterCrash(crashes, 4, 0)));
  t.end();
});

t.test('crashes far apart are none, yet the back-off grows', (t) => {
  let crashes = NO_CRASHES;
  for (let at = 0; at < 10; at++) crashes = afterCrash(crashes, at * 100_000, 30_000);
  t.notOk(isLoop(crashes));
  t.equal(crashes.streak, 10);
  t.end();
});

t.test('a healthy time resets the count', (t) => {
  let crashes = NO_CRASHES;
  for (const at of [0, 1, 2, 3]) crashes = afterCrash(crashes, at, 0);
  t.strictSame(afterCrash(crashes, 70_000, 60_000), { timesMs: [70_000], streak: 1 });
  t.end();
});
