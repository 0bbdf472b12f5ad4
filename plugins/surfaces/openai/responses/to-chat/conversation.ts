import type { Json } from '../../../../../kits/dialect-kit/json.ts';
import { isBesideCall } from '../encrypted-reasoning.ts';
import { contentOf } from './parts.ts';
import { asText } from '../../../../../kits/dialect-kit/as-text.ts';

/** The result of a tool: its text, and parts that a tool's message cannot hold. */
export interface ToolResult {
  readonly id: unknown;
  readonly text: string;
  readonly others: readonly Json[];
}

export interface Thought {
  readonly text: string;
  readonly details: readonly Json[];
}

/** Puts messages together from items: several items of the model's are one turn, and one message in chat. */
export class Conversation {
  readonly #messages: Json[] = [];
  /** the model's turn that goes on */
  #turn: Json | undefined;
  /** members beside calls, by the ids of the calls */
  readonly #beside = new Map<unknown, unknown>();
  /** pictures that tools returned: they follow the results of all tools of a turn */
  #shown: Json[] = [];

  system(role: string, text: string): void {
    if (text === '') return;
    this.#close();
    const [first] = this.#messages;
    // Many models take a system prompt only once, and only at the beginning.
    if (this.#messages.length === 1 && first?.role === role)
      first.content = `${asText(first.content)}\n\n${text}`;
    else this.#messages.push({ role, content: text });
  }

  user(parts: Json[]): void {
    this.#close();
    this.#messages.push({ role: 'user', content: contentOf(parts) });
  }

  think({ text, details: all }: Thought): void {
    for (const { id, extra_content } of all.filter(isBesideCall)) this.#beside.set(id, extra_content);
    const details = all.filter((detail) => !isBesideCall(detail));
    if (text === '' && details.length === 0) return;
    const turn = this.#own();
    if (text !== '') turn.reasoning_content = joined(turn.reasoning_content, text);
    if (details.length > 0)
      turn.reasoning_details = [...((turn.reasoning_details as Json[]) ?? []), ...details];
  }

  speak(text: string, refusal: string): void {
    const turn = this.#own();
    turn.content = text === '' ? (turn.content ?? null) : joined(turn.content, text);
    if (refusal !== '') turn.refusal = joined(turn.refusal, refusal);
  }

  call(call: Json): void {
    const turn = this.#own();
    const extra_content = this.#beside.get(call.id);
    const whole = extra_content === undefined ? call : { ...call, extra_content };
    turn.tool_calls = [...((turn.tool_calls as Json[]) ?? []), whole];
  }

  result({ id, text, others }: ToolResult): void {
    this.#turn = undefined;
    const said = text || (others.length > 0 ? 'It is shown in the next message.' : '');
    this.#messages.push({ role: 'tool', tool_call_id: id, content: said });
    if (others.length > 0)
      this.#shown.push({ type: 'text', text: `What the tool call ${asText(id)} returned:` }, ...others);
  }

  messages(): Json[] {
    this.#close();
    for (const message of this.#messages)
      if (message.role === 'assistant' && message.content === null && !message.tool_calls && !message.refusal)
        message.content = '';
    return this.#messages;
  }

  #own(): Json {
    if (this.#turn) return this.#turn;
    this.#close();
    this.#turn = { role: 'assistant', content: null };
    this.#messages.push(this.#turn);
    return this.#turn;
  }

  #close(): void {
    this.#turn = undefined;
    if (this.#shown.length > 0) this.#messages.push({ role: 'user', content: this.#shown });
    this.#shown = [];
  }
}

const joined = (before: unknown, text: string): string =>
  typeof before === 'string' && before !== '' ? `${before}\n\n${text}` : text;
