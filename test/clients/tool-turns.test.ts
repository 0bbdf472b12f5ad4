// An agent by the official SDK of each protocol calls two tools at once, with a provider of each.
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI, Type, type Content } from '@google/genai';
import { Ollama, type Message } from 'ollama';
import OpenAI from 'openai-7';
import t from 'tap';
import type { Parsed } from '../switchyard.ts';
import { PROTOCOLS, speaking, type Protocol, type Script } from './speaking.ts';

const QUESTION = 'What is the weather in Paris and in Rome?';
const PICTURE =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const schema = { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] };
const described = { name: 'get_weather', description: 'Tells the weather of a city' };

const call = (id: string, city: string) => ({
  id,
  type: 'function',
  function: { name: described.name, arguments: JSON.stringify({ city }) },
});
const script: Script = (messages) =>
  messages.some(({ role }) => role === 'tool')
    ? { content: 'Rain and sun.' }
    : { content: 'Let me see.', tool_calls: [call('call_a', 'Paris'), call('call_b', 'Rome')] };

const weather = (city: unknown): string => (city === 'Paris' ? 'Rain in Paris' : `Sun in ${String(city)}`);

/** What it says last. */
type Agent = (url: string, stream: boolean) => Promise<string>;

const AGENTS: Readonly<Record<string, Agent>> = {
  async chat(url, stream) {
    const openai = new OpenAI({ apiKey: 'k', baseURL: `${url}/v1`, maxRetries: 0 });
    const parts = [
      { type: 'text', text: QUESTION },
      { type: 'image_url', image_url: { url: `data:image/png;base64,${PICTURE}` } },
    ];
    const runner = openai.chat.completions.runTools({
      model: 'm',
      stream,
      messages: [{ role: 'user', content: parts }],
      tools: [
        {
          type: 'function',
          function: {
            ...described,
            parameters: schema,
            parse: JSON.parse,
            function: ({ city }: { city: string }) => weather(city),
          },
        },
      ],
    } as never) as unknown as { finalContent(): Promise<string> };
    return runner.finalContent();
  },
  async responses(url, stream) {
    const openai = new OpenAI({ apiKey: 'k', baseURL: `${url}/v1`, maxRetries: 0 });
    const body = {
      model: 'm',
      tools: [{ type: 'function' as const, ...described, parameters: schema, strict: false }],
    };
    const ask = (more: object): Promise<Parsed> =>
      stream
        ? openai.responses.stream({ ...body, ...more } as never).finalResponse()
        : openai.responses.create({ ...body, ...more } as never);
    const content = [
      { type: 'input_text', text: QUESTION },
      { type: 'input_image', image_url: `data:image/png;base64,${PICTURE}`, detail: 'auto' },
    ];
    const first = await ask({ input: [{ role: 'user', content }] });
    const outputs = first.output
      .filter(({ type }: Parsed) => type === 'function_call')
      .map((item: Parsed) => ({
        type: 'function_call_output',
        call_id: item.call_id,
        output: weather(JSON.parse(item.arguments).city),
      }));
    return (await ask({ previous_response_id: first.id, input: outputs })).output_text;
  },
  async messages(url, stream) {
    const anthropic = new Anthropic({ apiKey: 'k', baseURL: url, maxRetries: 0 });
    const image = { type: 'base64' as const, media_type: 'image/png' as const, data: PICTURE };
    const messages: Anthropic.MessageParam[] = [
      {
        role: 'user',
        content: [
          { type: 'text', text: QUESTION },
          { type: 'image', source: image },
        ],
      },
    ];
    for (;;) {
      const body = {
        model: 'm',
        max_tokens: 1000,
        messages,
        tools: [{ ...described, input_schema: schema }],
      };
      const { content, stop_reason: reason } = stream
        ? await anthropic.messages.stream(body).finalMessage()
        : await anthropic.messages.create(body);
      if (reason !== 'tool_use')
        return content.map((block) => (block.type === 'text' ? block.text : '')).join('');
      messages.push({ role: 'assistant', content });
      const results = content.flatMap((block) =>
        block.type === 'tool_use'
          ? [
              {
                type: 'tool_result' as const,
                tool_use_id: block.id,
                content: weather((block.input as Parsed).city),
              },
            ]
          : [],
      );
      messages.push({ role: 'user', content: results });
    }
  },
  async gemini(url, stream) {
    const google = new GoogleGenAI({
      apiKey: 'k',
      httpOptions: { baseUrl: url, retryOptions: { attempts: 1 } },
    });
    const parameters = { type: Type.OBJECT, properties: { city: { type: Type.STRING } }, required: ['city'] };
    const contents: Content[] = [
      { role: 'user', parts: [{ text: QUESTION }, { inlineData: { mimeType: 'image/png', data: PICTURE } }] },
    ];
    for (;;) {
      const body = {
        model: 'm',
        contents,
        config: { tools: [{ functionDeclarations: [{ ...described, parameters }] }] },
      };
      const pieces = stream
        ? await google.models.generateContentStream(body)
        : [await google.models.generateContent(body)];
      const parts: Parsed[] = [];
      for await (const { candidates } of pieces) parts.push(...(candidates?.[0]?.content?.parts ?? []));
      const calls = parts.filter(({ functionCall }) => functionCall);
      if (calls.length === 0) return parts.map(({ text = '' }) => text).join('');
      const results = calls.map(({ functionCall: { id, name, args } }) => ({
        functionResponse: { id, name, response: { output: weather(args.city) } },
      }));
      contents.push({ role: 'model', parts }, { role: 'user', parts: results });
    }
  },
  async ollama(url, stream) {
    const ollama = new Ollama({ host: url });
    const messages: Message[] = [{ role: 'user', content: QUESTION, images: [PICTURE] }];
    for (;;) {
      const body = {
        model: 'm',
        messages,
        tools: [{ type: 'function', function: { ...described, parameters: schema } }],
      };
      const said: Message = { role: 'assistant', content: '', tool_calls: [] };
      const pieces = stream ? await ollama.chat({ ...body, stream }) : [await ollama.chat(body)];
      for await (const { message } of pieces) {
        said.content += message.content;
        said.tool_calls?.push(...(message.tool_calls ?? []));
      }
      if (said.tool_calls?.length === 0) return said.content;
      messages.push(said);
      for (const { function: called } of said.tool_calls ?? [])
        messages.push({ role: 'tool', tool_name: called.name, content: weather(called.arguments.city) });
    }
  },
};

const OWN: Readonly<Record<string, string>> = { ollama: 'ollama-chat' };

for (const [client, agent] of Object.entries(AGENTS))
  for (const provider of PROTOCOLS.filter((one) => one !== (OWN[client] ?? client)) as Protocol[])
    t.test(`an agent of ${client} with a provider of ${provider}`, async (t) => {
      const { switchyard, messages } = await speaking(t, provider, script);
      for (const stream of [false, true]) {
        t.equal(await agent(switchyard.url, stream), 'Rain and sun.', stream ? 'streamed' : 'whole');
        const asked = messages();
        const calls = asked.flatMap(({ tool_calls: all = [] }) => all);
        const results = asked.filter(({ role }) => role === 'tool');
        t.strictSame(
          calls.map(({ function: called }: Parsed) => JSON.parse(called.arguments)),
          [{ city: 'Paris' }, { city: 'Rome' }],
        );
        t.strictSame(
          results.map(({ tool_call_id: id }) => id),
          calls.map(({ id }: Parsed) => id),
          'each result is that of its call',
        );
        t.match(results[0].content, /Rain in Paris/);
        t.match(results[1].content, /Sun in Rome/);
        t.match(JSON.stringify(asked[0]), PICTURE.slice(0, 40), 'the picture is there');
      }
    });
