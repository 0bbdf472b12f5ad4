// The same answers as Anthropic's messages.
import { wholeAnswer } from './json-answer.ts';
import { streamAnswer } from './stream-answer.ts';

const message = { id: 'msg_bench', type: 'message', role: 'assistant', model: 'bench-model' };

export const whole = wholeAnswer((text) => ({
  ...message,
  content: [{ type: 'text', text }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 200, output_tokens: 150 },
}));

const event = (type: string, members: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`;
const [start, stop] = [
  event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  event('content_block_stop', { index: 0 }),
];

export const stream = streamAnswer({
  head: `${event('message_start', { message: { ...message, content: [], usage: { input_tokens: 200, output_tokens: 1 } } })}${start}`,
  delta: (text) => event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } }),
  end: `${stop}${event('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 150 } })}${event('message_stop', {})}`,
});
