/** Every caller's protocol with every provider's: what both can say survives the way there and back, through chat. */
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import t from 'tap';
import type { Dialect, EventTranslator, SseEvent, Translation } from '../../../core/contracts/index.ts';
import { isUntranslatable } from '../../../core/errors.ts';
import { foldChat } from '../../../plugins/surfaces/openai/dialects/fold-chat.ts';
import { unfoldChat } from '../../../plugins/surfaces/openai/dialects/unfold-chat.ts';
import { answer, request, type Json } from './conversations.ts';
import { direct, formats, holds, inPieces, limitOf, said, same, spoken, usageOf } from './meaning.ts';
import { onlyFromChat } from './only-from-chat.ts';
import { makeCall } from './openai/recorded.ts';

const between = (from: string, to: string): Translation | undefined =>
  formats.translations.find((one) => one.from === from && one.to === to);
const fromChat = direct.filter(({ from, to }) => from === 'chat' && to !== 'completions').map(({ to }) => to);
const callers = fromChat.filter((protocol) => between(protocol, 'chat') !== undefined);
const pairs = callers.flatMap((caller) =>
  fromChat.filter((provider) => provider !== caller).map((provider) => [caller, provider] as const),
);

/** Each property for each of the pairs, in seconds all together. */
const runs = { numRuns: 100, seed: 1 };

const needed = (from: string, to: string): Translation => between(from, to) as Translation;

/** undefined: a protocol on the way cannot say it */
function translated(body: Json, ways: readonly Translation[], dropped: string[]): Json | undefined {
  try {
    // The model may stand in the path, and is put into the body for a translation.
    return ways.reduce((so, way) => way.request({ ...so, model: 'm' }, dropped), structuredClone(body));
  } catch (error) {
    if (isUntranslatable(error)) return undefined;
    throw error;
  }
}

function asChat(body: Json, protocol: string): Json {
  const own = onlyFromChat[protocol];
  return own ? { messages: own.messages(body) } : (translated(body, [needed(protocol, 'chat')], []) as Json);
}

/** All events of a stream, and what its protocol ends with. */
function streamed(events: readonly SseEvent[], translate: EventTranslator, protocol: string): SseEvent[] {
  const written = events.flatMap((event) => translate(event));
  const { end, closing = end } = formats.dialects.get(protocol) as Dialect;
  return closing && !isDeepStrictEqual(written.at(-1), closing) ? [...written, closing] : written;
}

for (const [caller, provider] of pairs) {
  const there = needed(caller, provider);

  t.test(`a request keeps its meaning: ${there.name}`, (t) => {
    let count = 0;
    const property = fc.property(request, (asked) => {
      const written = translated(asked, [needed('chat', caller)], []);
      const sent = written && translated(written, [there], []);
      if (!written || !sent) return;
      count += 1;
      const [one, other] = [asChat(written, caller), asChat(sent, provider)];
      const kept = spoken(one, caller, provider);
      same(spoken(other, caller, provider), kept);
      if (!onlyFromChat[provider] && limitOf(one) !== undefined) same(limitOf(other), limitOf(one), 'limit');
      const back = between(provider, caller);
      const returned = back && translated(sent, [back], []);
      if (returned) same(spoken(asChat(returned, caller), caller, provider), kept, 'and back');
    });
    holds(t, property, runs);
    t.ok(count > 0, `${count} were translated`);
    t.end();
  });

  t.test(`an answer keeps its meaning: ${there.name}`, (t) => {
    const call = makeCall({ model: 'm', stream_options: { include_usage: true } });
    const property = fc.property(answer, (given) => {
      const own = onlyFromChat[provider];
      const native = own ? own.answer(given) : needed(provider, 'chat').answer(structuredClone(given), call);
      const returned = needed('chat', caller).answer(there.answer(native, call), call) as Json;
      same(said(returned), said(given));
      same(usageOf(returned, caller, provider), usageOf(given, caller, provider), 'usage');
    });
    holds(t, property, runs);
    t.end();
  });

  t.test(`a stream keeps its meaning, event by event: ${there.name}`, (t) => {
    const call = makeCall({ model: 'm', stream: true, stream_options: { include_usage: true } });
    const property = fc.property(answer, fc.integer({ min: 1, max: 9 }), (given, size) => {
      const own = onlyFromChat[provider];
      const chat = inPieces(unfoldChat(given, call), size);
      const native = own
        ? streamed(own.events(given), (event) => [event], provider)
        : streamed(chat, needed(provider, 'chat').events(call), provider);
      const fold = foldChat();
      const home = needed('chat', caller).events(call);
      for (const event of streamed(native, there.events(call), caller))
        for (const last of home(event)) if (last.data !== '') fold.add(last);
      const returned = fold.result() as Json;
      same(said(returned), said(given));
      same(usageOf(returned, caller, provider), usageOf(given, caller, provider), 'usage');
    });
    holds(t, property, runs);
    t.end();
  });
}
