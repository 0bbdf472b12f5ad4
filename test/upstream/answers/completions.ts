import { created, done, freshId, usage, wantsUsage, type StreamFrame, type Surface } from './answer.ts';

/** POST /completions, the old one. */
export const completions: Surface = ({ fields }, said) => {
  const shared = { id: freshId('cmpl-'), object: 'text_completion', created, model: said.model };
  const finish = said.finish === 'tool_calls' ? 'stop' : said.finish;
  const choice = (text: string, reason: string | null) => ({
    text,
    index: 0,
    logprobs: null,
    finish_reason: reason,
  });
  const withUsage = wantsUsage(fields);
  const chunk = (choices: readonly unknown[], tally: unknown = null) => ({
    data: JSON.stringify({ ...shared, choices, ...(withUsage && { usage: tally }) }),
  });
  return {
    whole: JSON.stringify({ ...shared, choices: [choice(said.text.join(''), finish)], usage: usage(said) }),
    frames: [
      ...said.text.map((piece): StreamFrame => ['content', chunk([choice(piece, null)])]),
      ['finish', chunk([choice('', finish)])],
      ...(withUsage ? [['usage', chunk([], usage(said))] satisfies StreamFrame] : []),
      done,
    ],
  };
};
