import type { Test } from 'tap';
import { bytesFrom, errorOf, type SurfaceName } from '../../in-front.ts';
import type { Switchyard } from '../../switchyard.ts';
import type { Upstream } from '../../upstream/upstream.ts';

/** Its targets may fail again and again, and another is always asked. */
export const patient = { breaker: { failures: 1_000, minimum: 1_000 }, retry: { budget: 1 } };
type Plant = (upstream: Upstream) => void;

/** What `plant` does is another target's chance, and told as the upstream's fault where all do it. */
export async function isTold(
  t: Test,
  [switchyard, one, two]: readonly [Switchyard, Upstream, Upstream],
  plant: Plant,
  message: RegExp,
  { surface = 'chat', ...more }: { surface?: SurfaceName; stream?: boolean } = {},
): Promise<void> {
  for (const [bad, good] of [
    [one, two],
    [two, one],
  ] as const) {
    plant(bad);
    good.behave('ok');
    t.match(await bytesFrom(`${switchyard.url}/v1`, surface, more), { status: 200 }, String(message));
  }
  plant(one);
  plant(two);
  const { status, body } = await bytesFrom(`${switchyard.url}/v1`, surface, more);
  t.equal(status, 502);
  t.match(errorOf(body.toString()), { type: 'upstream_error', message });
}
