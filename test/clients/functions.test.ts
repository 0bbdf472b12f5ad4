// Callers that offer `functions`, as chat had them before tools, with a provider of each other protocol.
import { OpenAI as Older } from 'openai-4';
import { OpenAI } from 'openai-7';
import t from 'tap';
import type { Parsed } from '../switchyard.ts';
import { PROTOCOLS, speaking, type Script } from './speaking.ts';

const parameters = { type: 'object', properties: { city: { type: 'string' } } };
const functions = [{ name: 'get_weather', description: 'Tells the weather', parameters }];
const messages = [{ role: 'user' as const, content: 'What is the weather in Paris?' }];

const calls = (name: string, input: object) => ({
  id: 'toolu_1',
  type: 'function',
  function: { name, arguments: JSON.stringify(input) },
});

/** It asks for the weather once, and tells what it was told. */
const forecaster: Script = (asked) => {
  const result = asked.find(({ role }) => role === 'tool');
  return result ? { content: 'It rains.' } : { tool_calls: [calls('get_weather', { city: 'Paris' })] };
};

for (const protocol of PROTOCOLS)
  for (const stream of [false, true])
    t.test(`an agent of functions, with ${protocol}, ${stream ? 'streamed' : 'whole'}`, async (t) => {
      const { switchyard, messages: asked } = await speaking(t, protocol, forecaster);
      const client = new Older({ apiKey: 'k', baseURL: `${switchyard.url}/v1`, maxRetries: 0 });
      const asking: unknown[] = [];
      const weather = {
        name: 'get_weather',
        description: 'Tells the weather',
        parameters,
        parse: JSON.parse as (text: string) => object,
        function: (input: object) => {
          asking.push(input);
          return 'Rain in Paris';
        },
      };
      const runner = client.beta.chat.completions.runFunctions({
        model: 'm',
        messages,
        functions: [weather],
        stream,
      } as never) as unknown as { finalContent(): Promise<string> };
      t.equal(await runner.finalContent(), 'It rains.');
      t.strictSame(asking, [{ city: 'Paris' }]);
      const last = asked();
      const called = last.find(({ tool_calls }) => tool_calls?.length > 0)?.tool_calls[0];
      const result = last.find(({ role }) => role === 'tool');
      t.equal(called.function.name, 'get_weather');
      t.strictSame(JSON.parse(called.function.arguments), { city: 'Paris' });
      t.equal(called.id, result.tool_call_id, 'the result is that of the call');
      t.match(result.content, /Rain in Paris/);
    });

for (const protocol of PROTOCOLS)
  t.test(`the one function that must be called, with ${protocol}`, async (t) => {
    const { switchyard, server } = await speaking(t, protocol, forecaster);
    const client = new OpenAI({ apiKey: 'k', baseURL: `${switchyard.url}/v1`, maxRetries: 0 });
    const asked = client.chat.completions.create({
      model: 'm',
      messages,
      functions,
      function_call: { name: 'get_weather' },
    });
    if (protocol === 'ollama-chat') {
      await t.rejects(asked, { status: 400, code: 'not_translatable', param: 'function_call' });
      return;
    }
    const { choices } = await asked;
    t.match(choices, [
      {
        message: { role: 'assistant', function_call: { name: 'get_weather', arguments: '{"city":"Paris"}' } },
        finish_reason: 'function_call',
      },
    ]);
    t.notOk(choices[0]?.message.tool_calls);
    t.match(JSON.stringify(server.asked.at(-1)?.body), /get_weather.*(get_weather|REQUIRED)/);
  });

t.test(
  'what a provider cannot be told is named in the words of the caller, and left out where that is wished',
  async (t) => {
    const { switchyard } = await speaking(t, 'ollama-chat', forecaster, { untranslatable: 'drop' });
    const answer = await switchyard.chat({ functions, function_call: { name: 'get_weather' } });
    t.equal(answer.status, 200, answer.text);
    t.equal(answer.headers['x-switchyard-dropped'], 'function_call');
    t.match(answer.json().choices[0], { message: { function_call: { name: 'get_weather' } } });
    const strict = { ...functions[0], parameters: { ...parameters, multipleOf: 2 } };
    const gemini = await speaking(t, 'gemini', forecaster);
    const told = await gemini.switchyard.chat({ functions: [strict] });
    t.equal(told.headers['x-switchyard-dropped'], 'functions.parameters.multipleOf');
  },
);

t.test('a provider that calls two tools at once: the caller gets the first, and asks again', async (t) => {
  const script: Script = () => ({
    tool_calls: [calls('get_weather', { city: 'Paris' }), { ...calls('other', {}), id: 'toolu_2' }],
  });
  const { switchyard, server } = await speaking(t, 'messages', script);
  const whole = await switchyard.chat({ functions });
  t.match(whole.json().choices[0].message, { function_call: { name: 'get_weather' } });
  t.notMatch(whole.text, /other/);
  t.match(server.asked.at(-1)?.body.tool_choice, { type: 'auto', disable_parallel_tool_use: true });
  t.notOk(whole.headers['x-switchyard-dropped'], 'the caller has not asked for one at a time');
  const streamed = await switchyard.chat({ functions, stream: true });
  const deltas = streamed.events
    .slice(0, -1)
    .flatMap((data) => (JSON.parse(data) as Parsed).choices.map(({ delta }: Parsed) => delta.function_call))
    .filter(Boolean);
  t.equal(deltas[0].name, 'get_weather');
  t.equal(deltas.map((one: Parsed) => one.arguments).join(''), '{"city":"Paris"}');
  t.notMatch(streamed.text, /other|tool_calls/);
});

t.test('a conversation with calls of functions goes on with tools, and with a long body', async (t) => {
  const { switchyard, messages: asked } = await speaking(t, 'messages', forecaster);
  const called = { name: 'get_weather', arguments: '{"city":"Rome"}' };
  const history = [
    ...messages,
    { role: 'assistant', content: null, function_call: called },
    { role: 'function', name: 'get_weather', content: 'Sun in Rome' },
    { role: 'user', content: `${'And in Paris? '.repeat(3_000)}` },
  ];
  const tools = functions.map((one) => ({ type: 'function', function: one }));
  const answer = await switchyard.chat({ messages: history, tools });
  t.equal(answer.json().choices[0].message.content, 'It rains.');
  const sent = asked();
  t.match(sent.slice(1, 3), [
    { role: 'assistant', tool_calls: [{ id: 'call_1', function: { name: 'get_weather' } }] },
    { role: 'tool', tool_call_id: 'call_1', content: 'Sun in Rome' },
  ]);
  const offered = await switchyard.chat({ messages: history.slice(3), functions });
  t.match(offered.json().choices[0].message, { function_call: { name: 'get_weather' } });
});

t.test('functions beside tools, and a result without a call, are refused by their names', async (t) => {
  const { switchyard } = await speaking(t, 'messages', forecaster);
  const tools = [{ type: 'function', function: functions[0] }];
  t.match((await switchyard.chat({ functions, tools })).json().error, { param: 'functions' });
  const lost = [...messages, { role: 'function', name: 'get_weather', content: 'x' }];
  t.match((await switchyard.chat({ functions, messages: lost })).json().error, { param: 'messages[1].role' });
});
