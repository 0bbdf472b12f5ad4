import OpenAI from 'openai-7';
import type { Test } from 'tap';
import type { StandIn } from '../../../../servers/stand-in.ts';
import { startSwitchyard } from '../../../../switchyard.ts';
import { listRecordings, readRecording } from '../../../../upstream/recordings.ts';
import { eventsOf, type Parsed } from '../../openai/recorded.ts';

export const WHOLE = 'POST /v1beta/models/gemini-own:generateContent';
export const STREAM = 'POST /v1beta/models/gemini-own:streamGenerateContent';
export const HI = { model: 'm', messages: [{ role: 'user' as const, content: 'hi' }] };

export async function before(t: Test, server: StandIn) {
  const options = {
    use: 'gemini',
    baseUrl: `${server.url}/v1beta`,
    apiKey: 'AIza-of-the-gateway',
    models: { m: 'gemini-own' },
  };
  const switchyard = await startSwitchyard(t, { retry: { again: 0 }, providers: { server: options } });
  return { switchyard, client: new OpenAI({ baseURL: `${switchyard.url}/v1`, apiKey: 'x', maxRetries: 0 }) };
}

/** What an answer holds that chat can say: arguments that come in pieces are put together here. */
export function meant(pieces: readonly Parsed[]) {
  const parts = pieces.flatMap(({ candidates = [] }) => candidates[0]?.content?.parts ?? []);
  const join = (thought: boolean): string =>
    parts.map((part: Parsed) => ((part.thought ?? false) === thought ? (part.text ?? '') : '')).join('');
  const calls: [string, Parsed][] = [];
  for (const { functionCall: called } of parts) {
    if (called?.name) calls.push([called.name, structuredClone(called.args ?? {})]);
    for (const { jsonPath, stringValue, numberValue } of called?.partialArgs ?? []) {
      const steps = jsonPath
        .slice(2)
        .split(/[.[\]]+/)
        .filter(Boolean);
      const last = steps.pop();
      let place = calls.at(-1)![1];
      for (const [nth, step] of steps.entries())
        place = place[step] ??= /^\d+$/.test(steps[nth + 1] ?? last) ? [] : {};
      place[last] = numberValue ?? (place[last] ?? '') + stringValue;
    }
  }
  const signed = parts.filter((part: Parsed) => part.thoughtSignature).length;
  return { text: join(false), thinking: join(true), calls, signed };
}

export function said({ content, reasoning_content = '', tool_calls = [], reasoning_details = [] }: Parsed) {
  return {
    text: content ?? '',
    thinking: reasoning_content,
    calls: tool_calls.map(({ function: called }: Parsed) => [called.name, JSON.parse(called.arguments)]),
    signed:
      reasoning_details.length +
      tool_calls.filter((call: Parsed) => call.extra_content?.google?.thought_signature).length,
  };
}

export const files = (end: string) =>
  listRecordings('google').filter((file) => file.endsWith(end) && !file.includes('429'));
export const piecesOf = (file: string): Parsed[] =>
  eventsOf(readRecording(file).body).map(({ data }) => JSON.parse(data));

/** A piece of a streamed answer. */
export const piece = (parts: Parsed[], more: object = {}) => ({
  candidates: [{ content: { role: 'model', parts }, index: 0, ...more }],
  modelVersion: 'gemini-own',
  responseId: 'r1',
});
