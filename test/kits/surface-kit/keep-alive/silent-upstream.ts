/** Gateways in front of upstreams that answer when a test lets them, and send comments early. */
import type { Test } from 'tap';
import type { Switchyard } from '../../../switchyard.ts';
import { manualUpstream, type ManualUpstream } from '../../../core/manual-upstream.ts';
import { gatewayInFront } from '../../../in-front.ts';

export const PING = /^: keep-alive\n\n/;
export const TWO = /(: keep-alive\n\n){2}$/;

export const sse = (...events: object[]): string =>
  events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');

export const chunk = (delta: object, finish_reason: string | null = null) => ({
  id: 'c1',
  choices: [{ index: 0, delta, finish_reason }],
});

export const ROLE = sse(chunk({ role: 'assistant', content: '' }));
export const REST = `${sse(chunk({ content: 'Hello' }), chunk({}, 'stop'))}data: [DONE]\n\n`;

export const WHOLE = {
  id: 'c1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
};

export const timeouts = { keepalive: '60ms', firstByte: '1h', firstContent: '1h', idle: '1h' };
export const breaker = { failures: 1_000, minimum: 1_000 };

export const inTurn = {
  strategy: { use: 'priority' },
  targets: [{ provider: 'one' }, { provider: 'two', priority: 1 }],
};

export async function start(
  t: Test,
  more: Record<string, unknown> = {},
): Promise<{ switchyard: Switchyard; one: ManualUpstream }> {
  const one = await manualUpstream(t);
  return { switchyard: await gatewayInFront(t, { one }, { timeouts, breaker, ...more }), one };
}

export async function startTwo(t: Test, more: Record<string, unknown> = {}) {
  const [one, two] = [await manualUpstream(t), await manualUpstream(t)];
  const switchyard = await gatewayInFront(t, { one, two }, { timeouts, breaker, route: inTurn, ...more });
  return { switchyard, one, two };
}

export const withoutComments = (said: string): string =>
  said.replaceAll(/^:.*\n/gm, '').replaceAll(/^\n/gm, '');
