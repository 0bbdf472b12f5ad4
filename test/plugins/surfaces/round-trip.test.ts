/** What both of two protocols can say survives the way from chat to the other and back; what does not is told. */
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import t from 'tap';
import type { Call, Dialect } from '../../../core/contracts/index.ts';
import { isUntranslatable } from '../../../core/errors.ts';
import { foldChat } from '../../../plugins/surfaces/openai/dialects/fold-chat.ts';
import { unfoldChat } from '../../../plugins/surfaces/openai/dialects/unfold-chat.ts';
import { answer, request, type Json } from './conversations.ts';
import {
  direct,
  formats,
  holds,
  inPieces,
  limitOf,
  MEMBERS,
  RUNS,
  said,
  same,
  spoken,
  usageOf,
  wished,
} from './meaning.ts';
import { makeCall } from './openai/recorded.ts';

const pairs = direct
  .filter(({ from }) => from === 'chat')
  .flatMap((there) => {
    const back = direct.find(({ from, to }) => from === there.to && to === 'chat');
    return back && there.to !== 'completions' ? [{ there, back }] : [];
  });

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
