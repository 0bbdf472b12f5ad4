import type { Test } from 'tap';
import type { Switchyard } from '../../switchyard.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { bytesFrom, gatewayInFront, upstream, type Bytes, type SurfaceName } from '../../in-front.ts';
import { event } from '../../chat-events.ts';

export { DONE } from '../../chat-events.ts';

/** A gateway before one upstream, which is as slow as that between deltas, in ms. */
export async function start(t: Test, interval = 1): Promise<{ switchyard: Switchyard; one: Upstream }> {
  const one = await upstream(t, 'one', { interval });
  return { switchyard: await gatewayInFront(t, { one }), one };
}

/** Asks for a stream. */
export const ask = ({ url }: Switchyard, surface: SurfaceName, more = {}): Promise<Bytes> =>
  bytesFrom(`${url}/v1`, surface, more);

/** One event of a stream of chat. */
export const chunk = (index: number, content: string, finish: string | null = null): string =>
  event({ choices: [{ index, delta: { content }, finish_reason: finish }] });
