// Answers as OpenAI's chat completions.
import { wholeAnswer } from './json-answer.ts';
import { streamAnswer } from './stream-answer.ts';

export const whole = wholeAnswer((content) => ({
  id: 'chatcmpl-bench',
  object: 'chat.completion',
  created: 1_760_000_000,
  model: 'bench-model',
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 200, completion_tokens: 150, total_tokens: 350 },
}));

const event = (choice: string): string =>
  `data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1760000000,"model":"bench-model","system_fingerprint":"fp_bench","choices":[{"index":0,${choice}}]}\n\n`;

export const stream = streamAnswer({
  head: event('"delta":{"role":"assistant","content":""},"finish_reason":null'),
  delta: (text) => event(`"delta":{"content":"${text}"},"finish_reason":null`),
  end: `${event('"delta":{},"finish_reason":"stop"')}data: [DONE]\n\n`,
});
