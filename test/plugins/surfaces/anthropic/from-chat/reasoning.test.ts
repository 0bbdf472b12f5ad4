import t from 'tap';
import { recorded, startStandIn } from '../../../../servers/stand-in.ts';
import type { Parsed } from '../../openai/recorded.ts';
import { HI, MESSAGES, before } from './provider-of-messages.ts';

t.test('thought goes out with its signature and comes back', async (t) => {
  const server = await startStandIn(t, {});
  const { client } = await before(t, server);
  for (const kind of ['json', 'chunks.txt']) {
    server.replies[MESSAGES] = recorded(`anthropic/anthropic-clear-thinking.1.${kind}`);
    const completion: Parsed = await (kind === 'json'
      ? client.chat.completions.create(HI)
      : client.chat.completions.stream(HI).finalChatCompletion());
    const { message } = completion.choices[0];
    const [detail] = [message.reasoning_details].flat();
    t.match(detail, { type: 'reasoning.text', signature: /./, text: /./ }, kind);
    await client.chat.completions.create({ ...HI, messages: [...HI.messages, message, ...HI.messages] });
    t.match(server.asked.at(-1)?.body.messages[1], {
      role: 'assistant',
      content: [{ type: 'thinking', thinking: detail.text, signature: detail.signature }, { type: 'text' }],
    });
  }
});
