/** The official SDK of each protocol, as a client that asks one question. */
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import { Ollama } from 'ollama';
import type { Parsed } from '../switchyard.ts';
import type { Told } from './recorded-answers.ts';

const { default: OpenAI } = (await import('openai-7' as string)) as Parsed;

/** A client of one protocol: the whole answer, or the stream put together. */
export type Ask = (url: string, stream: boolean) => Promise<Told>;

const asked = 'What is the weather?';

export const CLIENTS: Readonly<Record<string, Ask>> = {
  async chat(url, stream) {
    const openai = new OpenAI({ apiKey: 'k', baseURL: `${url}/v1`, maxRetries: 0 });
    const body = { model: 'm', messages: [{ role: 'user', content: asked }] };
    const answer = stream
      ? await openai.chat.completions.stream(body).finalChatCompletion()
      : await openai.chat.completions.create(body);
    const { content, tool_calls = [] } = answer.choices[0].message;
    return {
      text: content ?? '',
      calls: tool_calls.map((call: Parsed) => [call.function.name, JSON.parse(call.function.arguments)]),
    };
  },
  async responses(url, stream) {
    const openai = new OpenAI({ apiKey: 'k', baseURL: `${url}/v1`, maxRetries: 0 });
    const body = { model: 'm', input: asked };
    const { output } = stream
      ? await openai.responses.stream(body).finalResponse()
      : await openai.responses.create(body);
    return {
      text: output
        .filter(({ type }: Parsed) => type === 'message')
        .flatMap(({ content }: Parsed) => content)
        .map((part: Parsed) => part.text ?? '')
        .join(''),
      calls: output
        .filter(({ type }: Parsed) => type === 'function_call')
        .map((item: Parsed) => [item.name, JSON.parse(item.arguments)]),
    };
  },
  async messages(url, stream) {
    const anthropic = new Anthropic({ apiKey: 'k', baseURL: url, maxRetries: 0 });
    const body = { model: 'm', max_tokens: 1000, messages: [{ role: 'user' as const, content: asked }] };
    const { content } = stream
      ? await anthropic.messages.stream(body).finalMessage()
      : await anthropic.messages.create(body);
    return {
      text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
      calls: content.flatMap((block): Told['calls'] =>
        block.type === 'tool_use' ? [[block.name, block.input]] : [],
      ),
    };
  },
  async gemini(url, stream) {
    const google = new GoogleGenAI({
      apiKey: 'k',
      httpOptions: { baseUrl: url, retryOptions: { attempts: 1 } },
    });
    const body = { model: 'm', contents: asked };
    const told: Told = { text: '', calls: [] };
    const pieces = stream
      ? await google.models.generateContentStream(body)
      : [await google.models.generateContent(body)];
    for await (const { candidates } of pieces)
      for (const { text = '', thought, functionCall: called } of candidates?.[0]?.content?.parts ?? []) {
        if (thought !== true) told.text += text;
        if (called) told.calls.push([String(called.name), called.args]);
      }
    return told;
  },
  async ollama(url, stream) {
    const ollama = new Ollama({ host: url });
    const body = { model: 'm', messages: [{ role: 'user', content: asked }] };
    const told: Told = { text: '', calls: [] };
    const pieces = stream ? await ollama.chat({ ...body, stream }) : [await ollama.chat(body)];
    for await (const { message } of pieces) {
      told.text += message.content;
      for (const call of message.tool_calls ?? [])
        told.calls.push([call.function.name, call.function.arguments]);
    }
    return told;
  },
};
