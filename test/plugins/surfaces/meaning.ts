/** What is kept of conversations, answers and streams between protocols, and how that is compared. */
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import type { Test } from 'tap';
import type { Dialect, SseEvent, Translation } from '../../../core/contracts/index.ts';
import { root } from '../../../gateway.ts';
import { FormatRegistry } from '../../../kits/surface-kit/index.ts';
import type { Json } from './conversations.ts';

export const formats = new FormatRegistry();
for await (const file of glob('plugins/surfaces/*/formats.ts', { cwd: root })) {
  const { dialects, translations } = (await import(join(root, file))) as {
    dialects: Dialect[];
    translations: Translation[];
  };
  formats.add(dialects, translations, file);
}
for (const { load } of formats.translations) await load?.();
export const direct = formats.translations.filter(({ steps }) => !steps);
/** Protocols without a count of what came from a cache. */
const UNCACHED = ['ollama-chat', 'cohere-chat'];
/** Protocols whose messages hold pictures beside the text, so that their order is lost. */
const BESIDE = ['ollama-chat'];

export const RUNS = { numRuns: 300 };

/** A conversation without what protocols write differently: ids are numbers, and neighbours of one role are one. */
export function spoken({ messages }: Json, ...protocols: readonly string[]): unknown[] {
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
    BESIDE.some((one) => protocols.includes(one))
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

export const MEMBERS = ['temperature', 'top_p', 'stop', 'tools', 'tool_choice', 'seed'];
/** What asks for nothing is the same as nothing. */
export const wished = (name: string, value: unknown): unknown => {
  if (name === 'tool_choice' && value === 'auto') return null;
  if (name !== 'tools') return value ?? null;
  return ((value ?? []) as { function: Json }[]).map(({ function: { strict, ...called } }) => ({
    ...called,
    ...(strict === true && { strict }),
  }));
};

export const limitOf = ({ max_tokens: old, max_completion_tokens: limit }: Json): unknown => limit ?? old;

export function holds(t: Test, property: fc.IRawProperty<unknown>, runs = RUNS): void {
  const { failed, counterexample, errorInstance } = fc.check(property, runs) as fc.RunDetails<unknown>;
  t.notOk(
    failed,
    failed ? `${(errorInstance as Error).stack}\nfor ${JSON.stringify(counterexample)}` : 'holds',
  );
}

export function same(found: unknown, wanted: unknown, what = ''): void {
  if (!isDeepStrictEqual(found, wanted))
    throw new Error(`${what}\nfound  ${JSON.stringify(found)}\nwanted ${JSON.stringify(wanted)}`);
}

/** What an answer of chat says, calls and ends with. */
export function said({ choices }: Json): unknown {
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

export function usageOf({ usage }: Json, ...protocols: readonly string[]): unknown {
  const { prompt_tokens, completion_tokens, total_tokens, prompt_tokens_details: details } = usage as Json;
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens,
    cached: UNCACHED.some((one) => protocols.includes(one))
      ? 0
      : ((details as Json | undefined)?.cached_tokens ?? 0),
  };
}

/** The same chunks with their texts and arguments cut into pieces of that many characters. */
export function inPieces(events: readonly SseEvent[], size: number): SseEvent[] {
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
