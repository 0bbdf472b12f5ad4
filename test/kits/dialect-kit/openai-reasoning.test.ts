import t from 'tap';
import { asReasonerTakes } from '../../../kits/dialect-kit/openai-reasoning.ts';

const sampled = { temperature: 0.3, top_p: 1, presence_penalty: 0, logprobs: true };

t.test('a model of OpenAI that reasons gets no way of sampling that it refuses', async (t) => {
  for (const more of [
    { model: 'o3-mini' },
    { model: 'openai/o4-mini' },
    { model: 'gpt-5' },
    { model: 'gpt-5-mini-2025-08-07' },
    { model: 'gpt-5.4', reasoning_effort: 'low' },
    { model: 'codex-mini-latest' },
  ]) {
    const dropped: string[] = [];
    t.strictSame(
      asReasonerTakes({ ...sampled, ...more }, (name) => void dropped.push(name)),
      more,
      more.model,
    );
    t.strictSame(dropped, ['temperature', 'logprobs'], 'what said the usual needs no word');
  }
});

t.test('any other model gets it', async (t) => {
  for (const more of [
    { model: 'gpt-4o' },
    { model: 'gpt-4.1' },
    { model: 'gpt-5-chat-latest' },
    { model: 'gpt-5.4' },
    { model: 'gpt-5.1', reasoning_effort: 'none' },
    { model: 'gpt-oss-120b', reasoning_effort: 'low' },
    { model: 'claude-opus-4-6', reasoning_effort: 'high' },
    { model: 'mistral-o1' },
    {},
  ]) {
    const chat = { ...sampled, ...more };
    t.equal(
      asReasonerTakes(chat, () => t.fail(String(more.model))),
      chat,
    );
  }
});
