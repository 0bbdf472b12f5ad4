import type { Answer, Choice, Conversation, Turn } from './conversation.ts';

interface Message {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string | readonly Record<string, unknown>[];
}

export interface ChatRequest {
  /** of the URL: the pinned provider */
  readonly query: { readonly provider?: string };
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * The request for the answer at `index` of the last of these turns.
 * @throws SyntaxError where the further members are no JSON object
 */
export function requestFor(
  { model, provider }: Choice,
  { turns, system, members }: Pick<Conversation, 'turns' | 'system' | 'members'>,
  index: number,
): ChatRequest {
  return {
    query: provider === '' ? {} : { provider },
    body: {
      model,
      messages: [
        ...(system.trim() === '' ? [] : [{ role: 'system', content: system } satisfies Message]),
        ...turns.flatMap((turn, at) =>
          messagesOf(turn, at === turns.length - 1 ? undefined : turn.answers[index]),
        ),
      ],
      stream: true,
      stream_options: { include_usage: true },
      ...readMembers(members),
    },
  };
}

/** @throws SyntaxError */
export function readMembers(text: string): Record<string, unknown> {
  if (text.trim() === '') return {};
  const read: unknown = JSON.parse(text);
  if (typeof read !== 'object' || read === null || Array.isArray(read))
    throw new SyntaxError('it must be an object, such as {"temperature": 0.2}');
  return read as Record<string, unknown>;
}

function messagesOf({ text, pictures }: Turn, answer: Answer | undefined): readonly Message[] {
  const content =
    pictures.length === 0
      ? text
      : [
          ...(text === '' ? [] : [{ type: 'text', text }]),
          ...pictures.map((url) => ({ type: 'image_url', image_url: { url } })),
        ];
  // A tool call without a result is not allowed in a conversation.
  return [
    { role: 'user', content },
    ...(answer && answer.text !== '' ? [{ role: 'assistant', content: answer.text } as const] : []),
  ];
}
