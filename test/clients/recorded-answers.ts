/** What is in a recorded answer, read by nothing of ours, in the same words for every protocol. */
import { readRecording } from '../upstream/recordings.ts';
import type { Parsed } from '../switchyard.ts';

/** What each protocol can say of an answer. */
export interface Told {
  text: string;
  /** calls of the caller's own tools, in order: name and arguments */
  calls: [name: string, args: unknown][];
}

/** Protocols that an upstream may speak here. */
export type Spoken = 'chat' | 'responses' | 'messages' | 'gemini';

/** What a recording tells. @param refusalsAreText the reader has no other word for them */
export function toldBy(file: string, spoken: Spoken, refusalsAreText = false): Told {
  const { body, headers } = readRecording(file);
  const isStream = String(headers['content-type']).startsWith('text/event-stream');
  const text = body.toString();
  const events = isStream
    ? text
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).trim())
        .filter((data) => data !== '[DONE]')
        .map((data) => JSON.parse(data) as Parsed)
    : [JSON.parse(text) as Parsed];
  const told = READ[spoken](events, isStream);
  return refusalsAreText ? { ...told, text: told.text + refusalIn(events) } : told;
}

/** Why Anthropic's model refused. */
function refusalIn(events: Parsed[]): string {
  const details = events.map((event) => (event.delta ?? event).stop_details).find((one) => one);
  return details?.explanation ?? '';
}

const READ: Readonly<Record<Spoken, (events: Parsed[], isStream: boolean) => Told>> = {
  chat(events) {
    const calls: { id: string; index: number | undefined; name: string; args: string }[] = [];
    let said = '';
    for (const { choices = [] } of events)
      for (const choice of choices.slice(0, 1)) {
        const message = choice.delta ?? choice.message ?? {};
        said += textOf(message.content);
        for (const { id = '', index, function: called } of message.tool_calls ?? []) {
          // A name begins a call, unless its id or its number is that of one.
          let call = calls.findLast((one) => (id ? one.id === id : one.index === index));
          if (!call) calls.push((call = { id, index, name: '', args: '' }));
          call.name ||= called?.name ?? '';
          const args = called?.arguments ?? '';
          call.args += typeof args === 'object' ? JSON.stringify(args) : args;
        }
      }
    return { text: said, calls: calls.map(({ name, args }) => [name, parsed(args)]) };
  },
  responses(events, isStream) {
    const ended = events.find(({ type }) => /^response\.(completed|incomplete)$/.test(type));
    const { output } = isStream ? (ended?.response ?? { output: [] }) : events[0];
    return {
      text: output
        .filter(({ type }: Parsed) => type === 'message')
        .flatMap(({ content }: Parsed) => content)
        .map((part: Parsed) => part.text ?? '')
        .join(''),
      calls: output
        .filter(({ type }: Parsed) => type === 'function_call')
        .map((item: Parsed) => [item.name, parsed(item.arguments)]),
    };
  },
  messages(events, isStream) {
    if (!isStream) return ofBlocks(events[0].content);
    const blocks: Parsed[] = [];
    for (const event of events) {
      if (event.type === 'message_start') blocks.push(...event.message.content);
      if (event.type === 'content_block_start') blocks.push({ ...event.content_block, json: '' });
      if (event.type !== 'content_block_delta') continue;
      const block = blocks.at(-1);
      if (event.delta.type === 'text_delta') block.text += event.delta.text;
      if (event.delta.type === 'input_json_delta') block.json += event.delta.partial_json;
    }
    return ofBlocks(
      blocks.map(({ json, ...block }) => (json ? { ...block, input: JSON.parse(json) } : block)),
    );
  },
  gemini(events) {
    const parts = events.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? []);
    return {
      text: parts
        .filter(({ thought }: Parsed) => !thought)
        .map(({ text = '' }: Parsed) => text)
        .join(''),
      calls: geminiCalls(parts),
    };
  },
};

/** A call whole, or its arguments piece by piece, each with the place where it belongs. */
function geminiCalls(parts: Parsed[]): Told['calls'] {
  const calls: Told['calls'] = [];
  for (const { functionCall: call } of parts) {
    if (!call) continue;
    if (call.name) calls.push([call.name, call.args ?? {}]);
    for (const piece of call.partialArgs ?? []) put(calls.at(-1)?.[1] as Parsed, piece);
  }
  return calls;
}

/** Puts `{jsonPath: '$.a[0].b', stringValue: 'x'}` in its place; texts may come in pieces. */
function put(into: Parsed, { jsonPath, ...piece }: Parsed): void {
  const steps = jsonPath.split(/[.[\]$]+/).filter((step: string) => step !== '');
  const value = 'nullValue' in piece ? null : (piece.stringValue ?? piece.numberValue ?? piece.boolValue);
  let place = into;
  for (const [at, step] of steps.slice(0, -1).entries())
    place = place[step] ??= /^\d+$/.test(steps[at + 1]) ? [] : {};
  const last = steps.at(-1);
  place[last] = typeof place[last] === 'string' ? place[last] + (value ?? '') : value;
}

const ofBlocks = (blocks: Parsed[]): Told => ({
  text: blocks
    .filter(({ type }) => type === 'text')
    .map(({ text }) => text)
    .join(''),
  calls: blocks.filter(({ type }) => type === 'tool_use').map(({ name, input }) => [name, input]),
});

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part: Parsed) => (part.type === 'text' ? part.text : '')).join('');
}

/** No arguments are an empty object. */
function parsed(args: string): unknown {
  return args.trim() === '' ? {} : (JSON.parse(args) as unknown);
}
