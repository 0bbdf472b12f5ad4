/** Conversations that OpenAI's API takes, and that other APIs would refuse as they are. */
import t from 'tap';
import type { Parsed } from '../switchyard.ts';
import { PROTOCOLS, speaking, type Script } from './speaking.ts';

const script: Script = () => ({ content: 'Hello' });
const user = { role: 'user', content: 'Hi' };
const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }];
const wrong = ['{"a": 1', '[1]', 'none', '"text"'];

for (const protocol of PROTOCOLS) {
  t.test(`a call whose arguments are no object, with ${protocol}`, async (t) => {
    const { switchyard, messages } = await speaking(t, protocol, script);
    for (const text of wrong) {
      const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: text } };
      const answer = await switchyard.chat({
        tools,
        messages: [
          user,
          { role: 'assistant', content: null, tool_calls: [call] },
          { role: 'tool', tool_call_id: 'c1', content: 'It is no JSON' },
        ],
      });
      t.equal(answer.status, 200, answer.text);
      const sent = messages().find(({ tool_calls: calls }) => calls?.length > 0)?.tool_calls[0];
      const args: string = sent.function.arguments;
      t.equal(args === text ? text : (JSON.parse(args) as Parsed).INVALID_JSON, text);
    }
  });

  t.test(`a conversation that is a system prompt alone, with ${protocol}`, async (t) => {
    const { switchyard, server, messages } = await speaking(t, protocol, script);
    const answer = await switchyard.chat({ messages: [{ role: 'system', content: 'Say hello' }] });
    t.equal(answer.status, 200, answer.text);
    t.match(JSON.stringify(messages()), /Say hello/);
    const { messages: turns, contents, input } = server.asked.at(-1)?.body ?? {};
    t.ok((turns ?? contents ?? input).length > 0, 'there is a turn');
  });
}
