import Anthropic from '@anthropic-ai/sdk';
import t from 'tap';
import { startSwitchyard } from '../switchyard.ts';
import { KEYS, startBedrock } from '../providers/fake-bedrock.ts';

const MODEL = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const cache = { cache_control: { type: 'ephemeral' as const } };
const delta = (index: number, said: object) => ({
  contentBlockDelta: { contentBlockIndex: index, delta: said },
});
const usage = {
  inputTokens: 10,
  outputTokens: 5,
  totalTokens: 22,
  cacheReadInputTokens: 4,
  cacheWriteInputTokens: 3,
};

t.test("Anthropic's client keeps caches and signed thought with Claude on AWS", async (t) => {
  const bedrock = await startBedrock(t);
  const own = { region: 'us-west-2', baseUrl: bedrock.url, ...KEYS, models: { claude: MODEL } };
  const switchyard = await startSwitchyard(t, { providers: { bedrock: own } });
  const client = new Anthropic({ apiKey: 'k', baseURL: switchyard.url, maxRetries: 0 });
  bedrock.say({
    events: [
      { messageStart: { role: 'assistant' } },
      delta(0, { reasoningContent: { text: 'Let me ' } }),
      delta(0, { reasoningContent: { text: 'look.' } }),
      delta(0, { reasoningContent: { signature: 'sig-1' } }),
      { contentBlockStop: { contentBlockIndex: 0 } },
      delta(1, { reasoningContent: { redactedContent: 'AAAA' } }),
      { contentBlockStop: { contentBlockIndex: 1 } },
      { contentBlockStart: { contentBlockIndex: 2, start: { toolUse: { toolUseId: 't1', name: 'look' } } } },
      delta(2, { toolUse: { input: '{"at":"a"}' } }),
      { contentBlockStop: { contentBlockIndex: 2 } },
      { messageStop: { stopReason: 'tool_use' } },
      { metadata: { usage } },
    ],
  });
  const tools = [{ name: 'look', input_schema: { type: 'object' as const }, ...cache }];
  const system = [{ type: 'text' as const, text: 'Be brief.', ...cache }];
  const asked = {
    model: 'claude',
    max_tokens: 8000,
    system,
    tools,
    thinking: { type: 'enabled' as const, budget_tokens: 2000 },
  };
  const question = { role: 'user' as const, content: 'What is there?' };
  const first = await client.messages.stream({ ...asked, messages: [question] }).finalMessage();
  t.match(first.content, [
    { type: 'thinking', thinking: 'Let me look.', signature: 'sig-1' },
    { type: 'redacted_thinking', data: 'AAAA' },
    { type: 'tool_use', id: 't1', name: 'look', input: { at: 'a' } },
  ]);
  t.match(first.usage, { cache_read_input_tokens: 4, cache_creation_input_tokens: 3 });
  const content = [
    { reasoningContent: { reasoningText: { text: 'Good.', signature: 'sig-2' } } },
    { text: 'A cat.' },
  ];
  bedrock.say({
    json: { output: { message: { role: 'assistant', content } }, stopReason: 'end_turn', usage },
  });
  const result = { type: 'tool_result' as const, tool_use_id: 't1', content: 'cat', ...cache };
  const messages = [
    question,
    { role: 'assistant' as const, content: first.content },
    { role: 'user' as const, content: [result] },
  ];
  const second = await client.messages.create({ ...asked, messages });
  t.match(second.content, [
    { type: 'thinking', thinking: 'Good.', signature: 'sig-2' },
    { type: 'text', text: 'A cat.' },
  ]);
  const point = { cachePoint: { type: 'default' } };
  t.match(bedrock.asked[1]?.body, {
    system: [{ text: 'Be brief.' }, point],
    toolConfig: { tools: [{ toolSpec: { name: 'look' } }, point] },
    additionalModelRequestFields: { thinking: { type: 'enabled' } },
    messages: [
      { role: 'user', content: [{ text: 'What is there?' }] },
      {
        role: 'assistant',
        content: [
          { reasoningContent: { reasoningText: { text: 'Let me look.', signature: 'sig-1' } } },
          { reasoningContent: { redactedContent: 'AAAA' } },
          { toolUse: { toolUseId: 't1', name: 'look', input: { at: 'a' } } },
        ],
      },
      { role: 'user', content: [{ toolResult: { toolUseId: 't1', content: [{ text: 'cat' }] } }, point] },
    ],
  });
  t.notOk((await switchyard.trace()).dropped?.length);
});
