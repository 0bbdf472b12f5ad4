/** What both of two protocols can say survives the way from chat to the other and back; what does not is told. */
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import t, { type Test } from 'tap';
import type { Call, Dialect, SseEvent, Translation } from '../../../core/contracts/index.ts';
import { isUntranslatable } from '../../../core/errors.ts';
import { root } from '../../../gateway.ts';
import { FormatRegistry } from '../../../kits/surface-kit/index.ts';
import { foldChat } from '../../../plugins/surfaces/openai/dialects/fold-chat.ts';
import { unfoldChat } from '../../../plugins/surfaces/openai/dialects/unfold-chat.ts';
import { answer, request, type Json } from './conversations.ts';
import { makeCall } from './openai/recorded.ts';

const formats = new FormatRegistry();
for await (const file of glob('plugins/surfaces/*/formats.ts', { cwd: root })) {
  const { dialects, translations } = (await import(join(root, file))) as {
    dialects: Dialect[];
    translations: Translation[];
  };
  formats.add(dialects, translations, file);
}
const direct = formats.translations.filter(({ steps }) => !steps);
const pairs = direct
  .filter(({ from }) => from === 'chat')
  .flatMap((there) => {
    const back = direct.find(({ from, to }) => from === there.to && to === 'chat');
    return back && there.to !== 'completions' ? [{ there, back }] : [];
  });

/** Protocols without a count of what came from a cache. */
const UNCACHED = ['ollama-chat'];
/** Protocols whose messages hold pictures beside the text, so that their order is lost. */
const BESIDE = ['ollama-chat'];

const RUNS = { numRuns: 300 };

/** A conversation without what protocols write differently: ids are numbers, and neighbours of one role are one. */
function spoken({ messages }: Json, protocol: string): unknown[] {
  const ids = new Map<unknown, number>();
  const numberOf = (id: unknown): number => {
    if (!ids.has(id)) ids.set(id, ids.size);
    return ids.get(id) as number;
  };
  const turns: { role: unknown; parts: unknown[] }[] = [];
  for (const { role, content, tool_calls: calls, tool_call_id: id } of messages as Json[]) {
    const parts = [
      ...partsOf(content),
      ...((calls as Json[] | undefined) ?? []).map(({ id: own, function: called }) => {
        const { name, arguments: text } = called as { name: string; arguments: string };
        return { call: numberOf(own), name, input: JSON.parse(text) };
      }),
    ];
    const own = role === 'tool' ? [{ result: numberOf(id), said: parts }] : parts;
    const last = turns.at(-1);
    if (last && last.role === role) last.parts.push(...own);
    else turns.push({ role, parts: own });
  }
  const isText = (part: unknown): boolean => typeof part === 'string';
  const inOrder = (parts: unknown[]): unknown[] =>
    BESIDE.includes(protocol)
      ? parts.toSorted((one, other) => Number(isText(other)) - Number(isText(one)))
      : parts;
  return turns.map(({ role, parts }) => ({ role, parts: joined(inOrder(parts)) }));
}

const partsOf = (content: unknown): unknown[] =>
  typeof content === 'string'
    ? [content]
    : ((content ?? []) as Json[]).map((part) => (part.type === 'text' ? part.text : part.image_url));

/** Where one text ends and the next begins no protocol keeps; where a picture stands between them all do. */
function joined(parts: readonly unknown[]): unknown[] {
  const all: unknown[] = [];
  for (const part of parts) {
    if (typeof part === 'string' && typeof all.at(-1) === 'string') all.push(`${all.pop() as string}${part}`);
    else all.push(part);
  }
  return all.map((part) => (typeof part === 'string' ? part.replace(/\s+/g, '') : part));
}

const MEMBERS = ['temperature', 'top_p', 'stop', 'tools', 'tool_choice', 'seed'];
/** What asks for nothing is the same as nothing. */
const wished = (name: string, value: unknown): unknown => {
  if (name === 'tool_choice' && value === 'auto') return null;
  if (name !== 'tools') return value ?? null;
  return ((value ?? []) as { function: Json }[]).map(({ function: { strict, ...called } }) => ({
    ...called,
    ...(strict === true && { strict }),
  }));
};

const limitOf = ({ max_tokens: old, max_completion_tokens: limit }: Json): unknown => limit ?? old;

for (const { there, back } of pairs) {
  t.test(`a request keeps its meaning: ${there.name}, ${back.name}`, (t) => {
    let translated = 0;
    const property = fc.property(request, (asked) => {
      const dropped: string[] = [];
      let returned: Json;
      try {
        returned = back.request(there.request(structuredClone(asked), dropped), dropped);
      } catch (error) {
        if (isUntranslatable(error)) return;
        throw error;
      }
      translated += 1;
      same(spoken(returned, there.to), spoken(asked, there.to));
      // Tools that must not be called are as good as none.
      const isOff = asked.tool_choice === 'none' && returned.tools === undefined;
      const isTold = (name: string): boolean =>
        dropped.some((one) => one.startsWith(name)) || (isOff && name.startsWith('tool'));
      for (const name of MEMBERS)
        if (!isTold(name))
          same(
            wished(name, returned[name]),
            wished(name, asked[name]),
            `${name}, of which ${dropped.join()} was told`,
          );
      if (limitOf(asked) !== undefined) same(limitOf(returned), limitOf(asked), 'limit');
    });
    holds(t, property);
    t.ok(translated > RUNS.numRuns / 10, `${translated} were translated`);
    t.end();
  });

  t.test(`an answer keeps its meaning: ${back.name}, ${there.name}`, (t) => {
    const call = makeCall({ model: 'm', stream_options: { include_usage: true } });
    const property = fc.property(answer, (given) => {
      const returned = there.answer(back.answer(structuredClone(given), call), call) as Json;
      same(said(returned), said(given));
      same(usageOf(returned, there.to), usageOf(given, there.to), 'usage');
    });
    holds(t, property);
    t.end();
  });

  t.test(`a stream keeps its meaning, event by event: ${back.name}, ${there.name}`, (t) => {
    const call: Call = makeCall({ model: 'm', stream: true, stream_options: { include_usage: true } });
    const property = fc.property(answer, fc.integer({ min: 1, max: 9 }), (given, size) => {
      const [on, home] = [back.events(call), there.events(call)];
      const fold = foldChat();
      const written = inPieces(unfoldChat(given, call), size).flatMap((event) => on(event));
      // A stream that ends with its connection has its end from the relay.
      const { end, closing = end } = formats.dialects.get(there.to) as Dialect;
      const ends = closing && !isDeepStrictEqual(written.at(-1), closing) ? [...written, closing] : written;
      for (const event of ends) for (const last of home(event)) if (last.data !== '') fold.add(last);
      const returned = fold.result() as Json;
      same(said(returned), said(given));
      same(usageOf(returned, there.to), usageOf(given, there.to), 'usage');
    });
    holds(t, property);
    t.end();
  });
}

function holds(t: Test, property: fc.IRawProperty<unknown>): void {
  const { failed, counterexample, errorInstance } = fc.check(property, RUNS) as fc.RunDetails<unknown>;
  t.notOk(
    failed,
    failed ? `${(errorInstance as Error).stack}\nfor ${JSON.stringify(counterexample)}` : 'holds',
  );
}

function same(found: unknown, wanted: unknown, what = ''): void {
  if (!isDeepStrictEqual(found, wanted))
    throw new Error(`${what}\nfound  ${JSON.stringify(found)}\nwanted ${JSON.stringify(wanted)}`);
}

/** What an answer of chat says, calls and ends with. */
function said({ choices }: Json): unknown {
  const [{ message, finish_reason: reason }] = choices as [{ message: Json; finish_reason: string }];
  const { content, reasoning_content: thought, tool_calls: calls } = message;
  return {
    content: content || null,
    thought: thought ?? null,
    calls: ((calls ?? []) as { function: { name: string; arguments: string } }[]).map(
      ({ function: called }) => ({
        name: called.name,
        input: JSON.parse(called.arguments) as unknown,
      }),
    ),
    reason,
  };
}

function usageOf({ usage }: Json, protocol: string): unknown {
  const { prompt_tokens, completion_tokens, total_tokens, prompt_tokens_details: details } = usage as Json;
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens,
    cached: UNCACHED.includes(protocol) ? 0 : ((details as Json | undefined)?.cached_tokens ?? 0),
  };
}

/** The same chunks with their texts and arguments cut into pieces of that many characters. */
function inPieces(events: readonly SseEvent[], size: number): SseEvent[] {
  return events.flatMap((event) => {
    if (event.data === '[DONE]') return [event];
    const chunk = JSON.parse(event.data) as Json;
    const [choice] = chunk.choices as Json[];
    if (!choice) return [event];
    const { content, reasoning_content: thought, tool_calls: calls = [], ...rest } = choice.delta as Json;
    const cut = (text: unknown): string[] => String(text).match(new RegExp(`[^]{1,${size}}`, 'gu')) ?? [];
    const deltas: Json[] = [
      rest,
      ...(typeof thought === 'string'
        ? cut(thought).map((reasoning_content) => ({ reasoning_content }))
        : []),
      ...(typeof content === 'string' ? cut(content).map((piece) => ({ content: piece })) : []),
      ...(calls as Called[]).flatMap(({ function: { arguments: text, ...named }, index, ...call }) => [
        { tool_calls: [{ ...call, index, function: { ...named, arguments: '' } }] },
        ...cut(text).map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
      ]),
    ];
    return deltas.map((delta, nth) => {
      const finish_reason = nth === deltas.length - 1 ? choice.finish_reason : null;
      return {
        event: '',
        data: JSON.stringify({ ...chunk, choices: [{ ...choice, delta, finish_reason }] }),
      };
    });
  });
}

interface Called {
  readonly index: number;
  readonly function: { readonly name: string; readonly arguments: string };
}
