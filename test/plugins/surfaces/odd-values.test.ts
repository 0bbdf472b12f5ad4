// Requests and answers in which a value is not what its API says: each is translated, or refused for what it is.
import * as fc from 'fast-check';
import t, { type Test } from 'tap';
import type { Dialect, SseEvent } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import { foldChat } from '../../../plugins/surfaces/openai/dialects/fold-chat.ts';
import { unfoldChat } from '../../../plugins/surfaces/openai/dialects/unfold-chat.ts';
import { readExactJson } from '../../../wire/json.ts';
import { chance } from '../../chance.ts';
import { answer, request, type Json } from './conversations.ts';
import { formats, inPieces } from './meaning.ts';
import { onlyFromChat } from './only-from-chat.ts';
import { makeCall } from './openai/recorded.ts';

const PROTOCOLS = ['chat', 'messages', 'responses', 'gemini', 'ollama-chat', 'converse', 'cohere-chat'];
/** As JSON. A number that no double holds stays as it was written, and an object may have a `toString` of its own. */
const ODD =
  'null 5 -1 true "x" "" [] {} [null] [[]] [5] [{}] {"a":null} 12345678901234567890 1e300 {"toString":1,"valueOf":1}'.split(
    ' ',
  );
const RUNS = 60;
const call = makeCall({ model: 'm', stream: true, stream_options: { include_usage: true } });
const { below } = chance(3);
const between = (from: string, to: string) =>
  formats.translations.find((one) => one.from === from && one.to === to);

/** The same JSON with an odd value in one place or two, as it is read. */
function odd(value: unknown): Json {
  let text = JSON.stringify(value);
  for (let count = 1 + below(2); count > 0; count--) {
    const marks = new Set<number>();
    let nth = 0;
    const mark = (one: unknown): unknown => {
      if (marks.has(nth++)) return '\u0001';
      if (Array.isArray(one)) return one.map(mark);
      if (typeof one !== 'object' || one === null) return one;
      return Object.fromEntries(Object.entries(one).map(([name, member]) => [name, mark(member)]));
    };
    mark(JSON.parse(text));
    marks.add(1 + below(Math.max(1, nth - 1)));
    nth = 0;
    text = JSON.stringify(mark(JSON.parse(text))).replace(
      '"\\u0001"',
      () => ODD[below(ODD.length)] as string,
    );
  }
  return readExactJson(text) as Json;
}

/** What is thrown is a refusal with a code of its own. */
function refuses(t: Test, what: string, given: unknown, work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (error instanceof GatewayError && error.code !== 'internal') return;
    t.fail(`${what}: ${String(error)}\n${JSON.stringify(given)?.slice(0, 1_000)}`);
  }
}

const eventsOf = (protocol: string, given: Json): SseEvent[] => {
  const chat = inPieces(unfoldChat(structuredClone(given), call), 5);
  if (protocol === 'chat') return chat;
  const own = onlyFromChat[protocol];
  if (own) return own.events(given);
  const translate = between(protocol, 'chat')!.events(call);
  return chat.flatMap((event) => translate(event));
};

for (const protocol of PROTOCOLS) {
  const dialect = formats.dialects.get(protocol) as Dialect;

  t.test(`answers of ${protocol}`, (t) => {
    for (const given of fc.sample(answer, { numRuns: RUNS, seed: 1 })) {
      const own = onlyFromChat[protocol];
      const native =
        protocol === 'chat'
          ? given
          : own
            ? own.answer(given)
            : between(protocol, 'chat')!.answer(structuredClone(given), call);
      const said = odd(native);
      refuses(t, 'judge', said, () => dialect.judge(said));
      refuses(t, 'texts', said, () => dialect.texts?.(said, false));
      refuses(t, 'unfold', said, () => dialect.unfold?.(said, call));
      const events = eventsOf(protocol, given).map((event) =>
        event.data === '[DONE]' || below(2) > 0
          ? event
          : { ...event, data: JSON.stringify(odd(JSON.parse(event.data))) },
      );
      refuses(t, 'reader', events, () => {
        const reader = dialect.reader(call);
        for (const event of events) reader.read(event);
      });
      for (const { name, answer: whole, events: translator } of formats.translations.filter(
        ({ to }) => to === protocol,
      )) {
        refuses(
          t,
          name,
          said,
          () => JSON.stringify(whole(structuredClone(native), call)) && whole(said, call),
        );
        refuses(t, name, events, () => {
          const translate = translator(call);
          const fold = foldChat();
          for (const event of events.flatMap((one) => translate(one))) fold.add(event);
        });
      }
    }
    t.end();
  });

  t.test(`requests of ${protocol}`, (t) => {
    const first = between('chat', protocol);
    for (const asked of fc.sample(request, { numRuns: RUNS, seed: 2 })) {
      let body: Json;
      try {
        body = first ? first.request(structuredClone(asked), []) : asked;
      } catch {
        continue;
      }
      const said = odd(body);
      for (const { name, request: translate } of formats.translations.filter(({ from }) => from === protocol))
        refuses(t, name, said, () => translate({ ...said, model: 'm' }, []));
    }
    t.end();
  });
}
