import type { Test } from 'tap';
import type { Switchyard } from '../switchyard.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { gatewayInFront, upstream } from '../in-front.ts';

export interface Two {
  readonly switchyard: Switchyard;
  readonly one: Upstream;
  readonly two: Upstream;
}

/** A gateway before two upstreams that gets no target blocked, however often it fails. */
export async function startTwo(t: Test, config: Record<string, unknown> = {}): Promise<Two> {
  const [one, two] = [await upstream(t, 'one'), await upstream(t, 'two')];
  const breaker = { failures: 1_000, minimum: 1_000 };
  return { switchyard: await gatewayInFront(t, { one, two }, { breaker, ...config }), one, two };
}
