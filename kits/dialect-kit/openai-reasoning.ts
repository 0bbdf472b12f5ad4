import { stringOf, type Json } from './json.ts';

/** OpenAI's models that reason. */
const REASONS = /(?:^|\/)(?:o\d|gpt-5(?!-chat)|gpt-[6-9](?!\d)|codex-mini)/;
/** Those that reason only where they are asked to. */
const ON_REQUEST = /(?:^|\/)gpt-(?:5\.\d|[6-9])/;

/** Members that a reasoning model refuses, each with its default value. */
const REFUSED: Readonly<Record<string, unknown>> = {
  temperature: 1,
  top_p: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
  logit_bias: undefined,
  logprobs: false,
  top_logprobs: 0,
};

/**
 * A chat as its model takes it, without sampling parameters that it refuses.
 * @param dropped takes their names, except those with their default value
 */
export function asReasonerTakes(chat: Json, dropped: (name: string) => void): Json {
  const { reasoning_effort: effort = 'none' } = chat;
  const model = stringOf(chat.model);
  if (!REASONS.test(model) || (effort === 'none' && ON_REQUEST.test(model))) return chat;
  const taken = { ...chat };
  for (const [name, usual] of Object.entries(REFUSED)) {
    const value = taken[name] ?? undefined;
    delete taken[name];
    if (value !== undefined && value !== usual) dropped(name);
  }
  return taken;
}
