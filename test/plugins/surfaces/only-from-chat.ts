/** The two protocols that no caller speaks here: their requests read, and their answers written, from their documentation. */
import type { SseEvent } from '../../../core/contracts/index.ts';
import type { Json } from './conversations.ts';

interface Spoken {
  /** its request, as a chat's messages */
  readonly messages: (request: Json) => Json[];
  /** what a chat's answer would be in it */
  readonly answer: (chat: Json) => Json;
  readonly events: (chat: Json) => SseEvent[];
}

const list = (value: unknown): Json[] => (value ?? []) as Json[];
const wholeOf = ({ choices, usage }: Json) => {
  const [{ message, finish_reason }] = choices as [Json];
  const calls = list((message as Json).tool_calls).map(({ id, function: called }) => {
    const { name, arguments: text } = called as { name: string; arguments: string };
    return { id, name, text };
  });
  const { content, reasoning_content: thought } = message as Json;
  return { content, thought, calls, reason: String(finish_reason), usage: usage as Record<string, number> };
};
const event = (name: string, body: Json): SseEvent => ({ event: name, data: JSON.stringify(body) });

const converse: Spoken = {
  messages({ system, messages }) {
    const plain = list(system).map(({ text }) => ({ role: 'system', content: text }));
    return [
      ...plain,
      ...list(messages).flatMap(({ role, content }) => {
        const blocks = list(content);
        const results = blocks.flatMap(({ toolResult }) => {
          const { toolUseId, content: said } = (toolResult ?? {}) as Json;
          return toolUseId
            ? [
                {
                  role: 'tool',
                  tool_call_id: toolUseId,
                  content: list(said)
                    .map(({ text }) => text)
                    .join(''),
                },
              ]
            : [];
        });
        const parts = blocks.flatMap(({ text, image }): Json[] => {
          if (typeof text === 'string') return [{ type: 'text', text }];
          const { format, source } = (image ?? {}) as { format?: string; source?: { bytes: string } };
          const url = `data:image/${format};base64,${source?.bytes}`;
          return source ? [{ type: 'image_url', image_url: { url } }] : [];
        });
        const calls = blocks.flatMap(({ toolUse }) => {
          const { toolUseId: id, name, input } = (toolUse ?? {}) as Json;
          return id ? [{ id, function: { name, arguments: JSON.stringify(input) } }] : [];
        });
        const own = parts.length > 0 || calls.length > 0 ? [{ role, content: parts, tool_calls: calls }] : [];
        return [...results, ...own];
      }),
    ];
  },
  answer(chat) {
    const { content, thought, calls, reason, usage } = wholeOf(chat);
    const blocks = [
      ...(thought ? [{ reasoningContent: { reasoningText: { text: thought } } }] : []),
      ...(content ? [{ text: content }] : []),
      ...calls.map(({ id, name, text }) => ({ toolUse: { toolUseId: id, name, input: JSON.parse(text) } })),
    ];
    return {
      output: { message: { role: 'assistant', content: blocks } },
      stopReason: STOPS[reason],
      usage: counted(usage),
    };
  },
  events(chat) {
    const { content, thought, calls, reason, usage } = wholeOf(chat);
    const deltas = [
      ...(thought ? [{ reasoningContent: { text: thought } }] : []),
      ...(content ? [{ text: content }] : []),
    ];
    return [
      event('messageStart', { role: 'assistant' }),
      ...deltas.flatMap((delta, contentBlockIndex) => [
        event('contentBlockDelta', { contentBlockIndex, delta }),
        event('contentBlockStop', { contentBlockIndex }),
      ]),
      ...calls.flatMap(({ id, name, text }, nth) => {
        const contentBlockIndex = deltas.length + nth;
        return [
          event('contentBlockStart', { contentBlockIndex, start: { toolUse: { toolUseId: id, name } } }),
          ...[text.slice(0, 3), text.slice(3)].map((input) =>
            event('contentBlockDelta', { contentBlockIndex, delta: { toolUse: { input } } }),
          ),
          event('contentBlockStop', { contentBlockIndex }),
        ];
      }),
      event('messageStop', { stopReason: STOPS[reason] }),
      event('metadata', { usage: counted(usage) }),
    ];
  },
};

const STOPS: Readonly<Record<string, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
};

const counted = ({ prompt_tokens = 0, completion_tokens, prompt_tokens_details: details }: Json): Json => {
  const { cached_tokens: cached = 0 } = (details ?? {}) as Record<string, number>;
  return {
    inputTokens: Number(prompt_tokens) - cached,
    cacheReadInputTokens: cached,
    outputTokens: completion_tokens,
  };
};

const cohere: Spoken = {
  messages: ({ messages }) => list(messages),
  answer(chat) {
    const { content, thought, calls, reason, usage } = wholeOf(chat);
    const blocks = [
      ...(thought && calls.length === 0 ? [{ type: 'thinking', thinking: thought }] : []),
      ...(content ? [{ type: 'text', text: content }] : []),
    ];
    const message = {
      role: 'assistant',
      content: blocks,
      ...(calls.length > 0 && { tool_calls: calls.map(toolCall) }),
      ...(Boolean(thought) && calls.length > 0 && { tool_plan: thought }),
    };
    return { id: 'c', finish_reason: REASONS[reason], message, usage: tokens(usage) };
  },
  events(chat) {
    const { content, thought, calls, reason, usage } = wholeOf(chat);
    const said = (type: string, index: number, message: Json): SseEvent =>
      event(type, { type, index, delta: { message } });
    return [
      event('message-start', { type: 'message-start', id: 'c', delta: { message: { role: 'assistant' } } }),
      ...(thought ? [said('tool-plan-delta', 0, { tool_plan: thought })] : []),
      ...(content ? [said('content-delta', 0, { content: { text: content } })] : []),
      ...calls.flatMap((call, index) => {
        const { id, type, function: called } = toolCall(call);
        const begun = { id, type, function: { name: called.name, arguments: '' } };
        const pieces = [call.text.slice(0, 3), call.text.slice(3)];
        return [
          said('tool-call-start', index, { tool_calls: begun }),
          ...pieces.map((text) =>
            said('tool-call-delta', index, { tool_calls: { function: { arguments: text } } }),
          ),
          event('tool-call-end', { type: 'tool-call-end', index }),
        ];
      }),
      event('message-end', {
        type: 'message-end',
        delta: { finish_reason: REASONS[reason], usage: tokens(usage) },
      }),
    ];
  },
};

const REASONS: Readonly<Record<string, string>> = {
  stop: 'COMPLETE',
  length: 'MAX_TOKENS',
  tool_calls: 'TOOL_CALL',
};

const tokens = ({ prompt_tokens, completion_tokens }: Json): Json => ({
  tokens: { input_tokens: prompt_tokens, output_tokens: completion_tokens },
});

const toolCall = ({ id, name, text }: { id: unknown; name: string; text: string }) => ({
  id,
  type: 'function',
  function: { name, arguments: text },
});

export const onlyFromChat: Readonly<Record<string, Spoken>> = { converse, 'cohere-chat': cohere };
