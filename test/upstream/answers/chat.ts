import {
  created,
  done,
  freshId,
  usage,
  wantsUsage,
  type Said,
  type StreamFrame,
  type Surface,
} from './answer.ts';

/** POST /chat/completions */
export const chat: Surface = ({ fields }, said) => {
  const shared = {
    id: freshId('chatcmpl-'),
    created,
    model: said.model,
    system_fingerprint: `fp_${said.name}`,
  };
  const choice = { index: 0, message: message(said), logprobs: null, finish_reason: said.finish };
  return {
    whole: JSON.stringify({ object: 'chat.completion', ...shared, choices: [choice], usage: usage(said) }),
    frames: frames(shared, said, wantsUsage(fields)),
  };
};

function message({ text, reasoning, toolCall, blank }: Said) {
  return {
    role: 'assistant',
    content: text.length > 0 ? text.join('') : toolCall ? null : blank,
    refusal: null,
    ...(reasoning.length > 0 && { reasoning_content: reasoning.join('') }),
    ...(toolCall && {
      tool_calls: [
        {
          id: 'call_1',
          type: 'function',
          function: { name: toolCall.name, arguments: toolCall.arguments.join('') },
        },
      ],
    }),
  };
}

function frames(shared: object, said: Said, withUsage: boolean): StreamFrame[] {
  const chunk = (choices: readonly unknown[], tally: unknown = null) => ({
    data: JSON.stringify({
      object: 'chat.completion.chunk',
      ...shared,
      choices,
      ...(withUsage && { usage: tally }),
    }),
  });
  const delta = (value: object, finish: string | null = null) =>
    chunk([{ index: 0, delta: value, logprobs: null, finish_reason: finish }]);

  return [
    ['opening', delta({ role: 'assistant', content: '', refusal: null })],
    ...contents(said).map((value): StreamFrame => ['content', delta(value)]),
    ['finish', delta({}, said.finish)],
    ...(withUsage ? [['usage', chunk([], usage(said))] satisfies StreamFrame] : []),
    done,
  ];
}

/** The deltas that carry something. */
function contents({ reasoning, text, toolCall }: Said): object[] {
  const call = (piece: string, first: boolean) => ({
    index: 0,
    ...(first && { id: 'call_1', type: 'function' }),
    function: { ...(first && { name: toolCall?.name }), arguments: piece },
  });
  return [
    ...reasoning.map((piece) => ({ reasoning_content: piece })),
    ...text.map((piece) => ({ content: piece })),
    ...(toolCall?.arguments ?? []).map((piece, index) => ({ tool_calls: [call(piece, index === 0)] })),
  ];
}
