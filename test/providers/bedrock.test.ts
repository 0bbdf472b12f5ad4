import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import t, { type Test } from 'tap';
import { startSwitchyard } from '../switchyard.ts';
import { listRecordings } from '../upstream/recordings.ts';
import { startUpstream } from '../upstream/upstream.ts';
import { KEYS, startBedrock, type Bedrock } from './fake-bedrock.ts';

const CLAUDE = 'anthropic.claude-3-7-sonnet-20250219-v1:0';
const USAGE = { inputTokens: 10, outputTokens: 5, totalTokens: 15 };
const answered = (...content: object[]) => ({
  json: { output: { message: { role: 'assistant', content } }, stopReason: 'end_turn', usage: USAGE },
});
const piece = (index: number, said: object) => ({
  contentBlockDelta: { contentBlockIndex: index, delta: said },
});
const HELLO = [
  { messageStart: { role: 'assistant', p: 'abcdef' } },
  piece(0, { text: 'Hel' }),
  piece(0, { text: 'lo' }),
  { contentBlockStop: { contentBlockIndex: 0 } },
  { messageStop: { stopReason: 'end_turn' } },
  { metadata: { usage: USAGE, metrics: { latencyMs: 1 } } },
];

async function open(
  t: Test,
  bedrock: Bedrock,
  more: Record<string, unknown> = {},
  env: Record<string, string> = {},
) {
  const own = { region: 'us-west-2', baseUrl: bedrock.url, ...KEYS, models: { c: CLAUDE }, ...more };
  return startSwitchyard(t, { providers: { bedrock: { ...own } } }, { env });
}

t.test('a chat is signed and asked by the Converse API, whole and as a stream', async (t) => {
  const bedrock = await startBedrock(t);
  const switchyard = await open(t, bedrock, { sessionToken: 'a-token' });
  bedrock.say(answered({ text: 'Hello' }), { events: HELLO });
  const whole = await switchyard.chat({ model: 'c', max_tokens: 9 });
  t.equal(whole.status, 200, whole.text);
  t.match(whole.json(), {
    object: 'chat.completion',
    model: 'c',
    choices: [{ message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  });
  t.match(bedrock.asked[0], {
    isSigned: true,
    path: '/model/anthropic.claude-3-7-sonnet-20250219-v1%3A0/converse',
    headers: {
      'x-amz-security-token': 'a-token',
      authorization: /Credential=AKIDEXAMPLE\/\d+\/us-west-2\/bedrock/,
    },
    body: { inferenceConfig: { maxTokens: 9 } },
  });
  t.notOk('model' in (bedrock.asked[0]?.body ?? {}));
  const options = { stream_options: { include_usage: true } };
  const streamed = await switchyard.chat({ model: 'c', stream: true, ...options });
  t.equal(bedrock.asked[1]?.path, '/model/anthropic.claude-3-7-sonnet-20250219-v1%3A0/converse-stream');
  t.equal(streamed.content, 'Hello');
  t.equal(streamed.events.at(-1), '[DONE]');
  t.match(JSON.parse(streamed.events.at(-2) ?? ''), {
    choices: [],
    usage: { prompt_tokens: 10, completion_tokens: 5 },
  });
  t.match(await switchyard.trace(), {
    translated: 'chat-to-converse',
    ending: 'complete',
    usage: { prompt: 10, completion: 5, total: 15 },
  });
});

t.test('a model may be an ARN, and a request may be long', async (t) => {
  const bedrock = await startBedrock(t);
  const arn = 'arn:aws:bedrock:us-west-2:1:inference-profile/us.anthropic.claude-sonnet-4-5-20250929-v1:0';
  const switchyard = await open(t, bedrock, { models: { c: arn } });
  bedrock.say(answered({ text: 'Hello' }));
  const messages = [{ role: 'user', content: 'Grüße 👋 '.repeat(20_000) }];
  t.equal((await switchyard.chat({ model: 'c', messages })).status, 200);
  t.match(bedrock.asked[0], { isSigned: true, path: `/model/${encodeURIComponent(arn)}/converse` });
});

t.test("callers of other protocols reach it, too: Anthropic's", async (t) => {
  const bedrock = await startBedrock(t);
  const switchyard = await open(t, bedrock);
  const tool = { name: 'look', description: 'looks', input_schema: { type: 'object', properties: {} } };
  bedrock.say({
    events: [
      { messageStart: { role: 'assistant' } },
      { contentBlockStart: { contentBlockIndex: 0, start: { toolUse: { toolUseId: 't1', name: 'look' } } } },
      piece(0, { toolUse: { input: '{"a":' } }),
      piece(0, { toolUse: { input: '1}' } }),
      { contentBlockStop: { contentBlockIndex: 0 } },
      { messageStop: { stopReason: 'tool_use' } },
      { metadata: { usage: { ...USAGE, cacheReadInputTokens: 7, cacheWriteInputTokens: 3 } } },
    ],
  });
  const body = {
    model: 'c',
    max_tokens: 9,
    stream: true,
    tools: [tool],
    messages: [{ role: 'user', content: 'hi' }],
  };
  const answer = await switchyard.ask('/v1/messages', { body });
  t.match(answer.text, /"type":"tool_use","id":"t1","name":"look"/);
  t.match(answer.text, /"stop_reason":"tool_use"/);
  t.match(answer.text, /"cache_read_input_tokens":7/);
  t.match(answer.text, /event: message_stop/);
  t.match(bedrock.asked[0]?.body, { toolConfig: { tools: [{ toolSpec: { name: 'look' } }] } });
  t.match(await switchyard.trace(), { usage: { prompt: 20, completion: 5 } });
});

t.test('an exception inside a stream is an error, not an end', async (t) => {
  const bedrock = await startBedrock(t);
  const switchyard = await open(t, bedrock, {}, {});
  const throttled = { throttlingException: { message: 'Too many tokens, please wait' } };
  bedrock.say({ events: [...HELLO.slice(0, 3), throttled] });
  const late = await switchyard.chat({ model: 'c', stream: true });
  t.equal(late.content, 'Hello');
  t.match(JSON.parse(late.events.at(-1) ?? ''), {
    error: { message: /throttlingException: Too many tokens/ },
  });
  t.notOk(late.events.includes('[DONE]'));
  bedrock.say({ events: [HELLO[0]!, throttled] }, { events: HELLO });
  const early = await switchyard.chat({ model: 'c', stream: true });
  t.equal(early.content, 'Hello', 'before the first content it is asked again');
  t.equal((await switchyard.trace()).attempts.length, 2);
  bedrock.say({ events: HELLO.slice(0, 3) });
  const cut = await switchyard.chat({ model: 'c', stream: true });
  t.match(JSON.parse(cut.events.at(-1) ?? ''), { error: { code: 'stream_cut' } }, 'no reason: a cut');
});

t.test('its refusals keep their words, and what another target may mend goes on', async (t) => {
  const bedrock = await startBedrock(t);
  const switchyard = await open(t, bedrock);
  bedrock.say({ status: 400, json: { message: 'The model returned: bad' }, type: 'ValidationException' });
  const refused = await switchyard.chat({ model: 'c' });
  t.match(refused, { status: 400 });
  t.match(refused.json().error, { message: 'The model returned: bad' });
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const lab = { use: 'openai-compatible', baseUrl: upstream.url, models: { c: 'c' } };
  const own = { region: 'us-west-2', baseUrl: bedrock.url, ...KEYS, models: { c: CLAUDE } };
  const both = await startSwitchyard(t, { strategy: { use: 'priority' }, providers: { bedrock: own, lab } });
  for (const [status, type] of [
    [424, 'ModelErrorException'],
    [429, 'ThrottlingException'],
    [503, 'ServiceUnavailableException'],
  ] as const) {
    bedrock.say({ status, json: { message: 'no' }, type });
    const answer = await both.ask('/v1/chat/completions', {
      body: { model: 'c', messages: [{ role: 'user', content: 'hi' }] },
    });
    t.match(answer, { status: 200, headers: { 'x-switchyard-provider': 'lab' } }, type);
  }
});

t.test("a key of Bedrock's own is a bearer token, and nothing is signed", async (t) => {
  const bedrock = await startBedrock(t);
  bedrock.say(answered({ text: 'Hello' }));
  const env = { AWS_BEARER_TOKEN_BEDROCK: 'bedrock-key', AWS_REGION: 'eu-central-1' };
  const found = await startSwitchyard(
    t,
    { discover: true },
    { env: { ...env, AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrock.url } },
  );
  const path = '/v1/chat/completions?provider=bedrock';
  const body = { model: 'us.amazon.nova-lite-v1:0', messages: [{ role: 'user', content: 'hi' }] };
  t.equal((await found.ask(path, { body, headers: { authorization: 'Bearer callers' } })).status, 200);
  t.match(bedrock.asked[0], {
    isSigned: false,
    path: '/model/us.amazon.nova-lite-v1%3A0/converse',
    headers: { authorization: 'Bearer bedrock-key' },
  });
});

t.test('its chat API is asked where the config names it', async (t) => {
  const upstream = await startUpstream({ interval: 0, prefix: '/openai/v1' });
  t.teardown(() => upstream.close());
  const providers = {
    aws: {
      use: 'bedrock',
      region: 'us-west-2',
      baseUrl: upstream.origin,
      ...KEYS,
      surfaces: ['chat'],
      models: { g: 'openai.gpt-oss-120b-1:0' },
    },
  };
  const switchyard = await startSwitchyard(t, { providers });
  t.equal((await switchyard.chat({ model: 'g' })).status, 200);
  t.match(upstream.posts.at(-1), {
    path: '/openai/v1/chat/completions',
    headers: { authorization: /^AWS4-HMAC-SHA256 / },
  });
});

t.test('the official client agrees on signatures and on what a stream says', async (t) => {
  const bedrock = await startBedrock(t);
  const switchyard = await open(t, bedrock);
  const client = new BedrockRuntimeClient({
    requestHandler: new NodeHttpHandler(),
    region: 'us-west-2',
    endpoint: bedrock.url,
    credentials: KEYS,
    maxAttempts: 1,
  });
  t.teardown(() => client.destroy());
  const messages = [{ role: 'user' as const, content: [{ text: 'hi' }] }];
  const folder = join(import.meta.dirname, '..', 'fixtures', 'recordings');
  for (const file of listRecordings('bedrock')) {
    const recording = readFileSync(join(folder, file), 'utf8');
    if (file.endsWith('.json')) {
      const recorded = JSON.parse(recording);
      bedrock.say({ json: recorded });
      const theirs = await client.send(new ConverseCommand({ modelId: CLAUDE, messages }));
      t.ok(bedrock.asked.at(-1)?.isSigned, 'the check of signatures is right');
      const ours = (await switchyard.chat({ model: 'c' })).json();
      t.ok(bedrock.asked.at(-1)?.isSigned);
      const blocks = theirs.output?.message?.content ?? [];
      const calls = blocks.flatMap(({ toolUse }) => (toolUse ? [toolUse] : []));
      t.equal(ours.choices[0].message.content ?? '', blocks.map(({ text = '' }) => text).join(''), file);
      t.strictSame(
        (ours.choices[0].message.tool_calls ?? []).map((call: never) =>
          JSON.parse(call['function']['arguments']),
        ),
        calls.map(({ input }) => input),
        file,
      );
      t.equal(ours.usage.completion_tokens, theirs.usage?.outputTokens, file);
      continue;
    }
    bedrock.say({
      events: recording
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    });
    const { stream = [] } = await client.send(new ConverseStreamCommand({ modelId: CLAUDE, messages }));
    let [said, thought, input, reason] = ['', '', '', ''];
    for await (const { contentBlockDelta: part, messageStop } of stream) {
      said += part?.delta?.text ?? '';
      thought += part?.delta?.reasoningContent?.text ?? '';
      input += part?.delta?.toolUse?.input ?? '';
      reason ||= messageStop?.stopReason ?? '';
    }
    const answer = await switchyard.chat({ model: 'c', stream: true });
    const choices = answer.events
      .filter((data) => data !== '[DONE]')
      .map((data) => JSON.parse(data).choices[0]);
    t.equal(choices.map(({ delta }) => delta.content ?? '').join(''), said, file);
    t.equal(choices.map(({ delta }) => delta.reasoning_content ?? '').join(''), thought, file);
    const argued = choices.flatMap(({ delta }) => delta.tool_calls ?? []);
    const isEmpty = input === '' && reason === 'tool_use';
    const inputs = argued.map((call) => call.function.arguments ?? '').join('');
    t.equal(inputs, isEmpty ? '{}' : input, file);
    t.equal(choices.at(-1).finish_reason, reason === 'tool_use' ? 'tool_calls' : 'stop', file);
    t.equal(answer.events.at(-1), '[DONE]', file);
  }
});
