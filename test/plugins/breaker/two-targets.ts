import type { Test } from 'tap';
import type { Switchyard } from '../../switchyard.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { bytesFrom, gatewayInFront, upstream } from '../../in-front.ts';

export interface Setting {
  readonly switchyard: Switchyard;
  readonly one: Upstream;
  readonly two: Upstream;
  /** ms that have passed */
  pass(ms: number): void;
}

/** A gateway before two, whose clock is the test's. */
export async function start(t: Test, config: Record<string, unknown> = {}): Promise<Setting> {
  const [one, two] = [await upstream(t, 'one'), await upstream(t, 'two')];
  let now = 1_800_000_000_000;
  // With chance in the middle, pauses are exactly as long as they are said to be.
  const switchyard = await gatewayInFront(
    t,
    { one, two },
    { breaker: { look: 0 }, ...config },
    { now: () => now, random: () => 0.5 },
  );
  return { switchyard, one, two, pass: (ms) => void (now += ms) };
}

export const ask = ({ url }: Switchyard, more = {}) =>
  bytesFrom(`${url}/v1`, 'chat', { stream: false, ...more });

/** Sends that many requests, each of which must succeed; returns the number of attempts at `one`. */
export async function triesAtOne(t: Test, switchyard: Switchyard, count: number): Promise<number> {
  const wrong = [];
  for (let asked = 0; asked < count; asked++) {
    const { status } = await ask(switchyard);
    if (status !== 200) wrong.push(status);
  }
  t.strictSame(wrong, [], `${count} requests are answered`);
  const traces = await switchyard.traces(count);
  return traces.flatMap(({ attempts }) => attempts).filter(({ provider }) => provider === 'one').length;
}
