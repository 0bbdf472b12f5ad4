import type { Quirks, SseEvent } from '../../../../../core/contracts/index.ts';
import { chatNormaliser } from '../../../../../plugins/surfaces/openai/normalise/normaliser.ts';
import { makeCall, stream, type Parsed } from '../recorded.ts';

const quirks = (more: Partial<Quirks>): Quirks => ({ streams: 'both', onLeave: 'abort', ...more });

/** All that comes out of these payloads with these quirks, each parsed but `[DONE]`. */
export function through(more: Partial<Quirks>, ...payloads: readonly unknown[]): Parsed[] {
  const normaliser = chatNormaliser(quirks(more), makeCall());
  const events: SseEvent[] = stream(...payloads).flatMap((event) => normaliser.event(event));
  return [...events, ...normaliser.end()].map(({ data }) => (data === '[DONE]' ? data : JSON.parse(data)));
}

export const whole = (more: Partial<Quirks>, answer: unknown): Parsed =>
  chatNormaliser(quirks(more), makeCall()).answer(answer);

export const chunk = (delta: object, reason: string | null = null, more: object = {}) => ({
  id: 'one',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: reason }],
  ...more,
});

/** What the deltas say in one member, put together. */
export const said = (chunks: readonly Parsed[], name: string): string =>
  chunks.map((one) => one.choices?.[0]?.delta[name] ?? '').join('');
