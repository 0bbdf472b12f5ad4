import type { Answer, ToolCall } from './conversation.ts';

/** One event of a chat stream, as far as it is shown. Providers put reasoning and pictures in different members. */
interface Chunk {
  readonly choices?: readonly {
    readonly delta?: Delta;
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: {
    readonly prompt_tokens?: number;
    readonly completion_tokens?: number;
    readonly total_tokens?: number;
  } | null;
  readonly error?: { readonly message?: string; readonly code?: string | null };
}

interface Delta {
  readonly content?: string | null | readonly Part[];
  readonly reasoning_content?: string | null;
  readonly reasoning?: string | null;
  readonly refusal?: string | null;
  readonly images?: readonly Part[];
  readonly tool_calls?: readonly {
    readonly index?: number;
    readonly id?: string;
    readonly function?: { readonly name?: string; readonly arguments?: string };
  }[];
}

interface Part {
  readonly text?: string;
  readonly image_url?: { readonly url?: string };
}

/** An answer after one more event. @param at ms since its request */
export function take(answer: Answer, chunk: Chunk, at: number): Answer {
  if (chunk.error) {
    const { message = 'The provider reported an error without a message', code } = chunk.error;
    return { ...answer, state: 'failed', took: at, error: { message, code: code ?? undefined } };
  }
  const { usage } = chunk;
  const counted = usage
    ? {
        ...answer,
        usage: {
          prompt: usage.prompt_tokens ?? 0,
          completion: usage.completion_tokens ?? 0,
          total: usage.total_tokens ?? 0,
        },
      }
    : answer;
  const [choice] = chunk.choices ?? [];
  if (!choice) return counted;
  const finished = choice.finish_reason ? { ...counted, finish: choice.finish_reason } : counted;
  return choice.delta ? withDelta(finished, choice.delta, at) : finished;
}

function withDelta(answer: Answer, delta: Delta, at: number): Answer {
  const parts = typeof delta.content === 'object' && delta.content !== null ? delta.content : [];
  const said =
    typeof delta.content === 'string' ? delta.content : parts.map(({ text = '' }) => text).join('');
  const text = said + (delta.refusal ?? '');
  const reasoning = delta.reasoning_content ?? delta.reasoning ?? '';
  const pictures = [...parts, ...(delta.images ?? [])].flatMap((part) => part.image_url?.url ?? []);
  const calls = delta.tool_calls ?? [];
  if (text === '' && reasoning === '' && pictures.length === 0 && calls.length === 0) return answer;
  return {
    ...answer,
    state: 'streaming',
    firstToken: answer.firstToken ?? at,
    pieces: answer.pieces + 1,
    text: answer.text + text,
    reasoning: answer.reasoning + reasoning,
    pictures: pictures.length === 0 ? answer.pictures : [...answer.pictures, ...pictures],
    toolCalls: calls.reduce(withCall, answer.toolCalls),
  };
}

function withCall(
  calls: readonly ToolCall[],
  call: NonNullable<Delta['tool_calls']>[number],
): readonly ToolCall[] {
  const at = call.index ?? calls.length;
  const before = calls[at] ?? { id: '', name: '', arguments: '' };
  const after = {
    id: call.id ?? before.id,
    name: before.name + (call.function?.name ?? ''),
    arguments: before.arguments + (call.function?.arguments ?? ''),
  };
  return calls.toSpliced(at, 1, after);
}
