import type { Call, EventTranslator, Translation } from '../contracts/index.ts';
import { tryExactJson } from '../../wire/json.ts';

/**
 * The pairs that two translations make together and none makes alone: what is translated to chat and what chat is
 * translated to. So each protocol is translated to and from one other, never to each.
 */
export function composed(direct: readonly Translation[]): Translation[] {
  const pairs = new Set(direct.map(({ from, to }) => `${from} ${to}`));
  const all: Translation[] = [];
  for (const first of direct)
    for (const second of direct) {
      const pair = `${first.from} ${second.to}`;
      if (first.to !== second.from || first.from === second.to || pairs.has(pair)) continue;
      pairs.add(pair);
      all.push(compose(first, second.inside ?? second));
    }
  return all;
}

/** Both steps in one turn: of a request the first comes first, of an answer the second. */
function compose(first: Translation, second: Translation): Translation {
  const { from, to: middle, countsStreams } = first;
  const { to, path } = second;
  return {
    name: `${from}-to-${middle}-to-${to}`,
    from,
    to,
    path,
    steps: [first, second],
    load: () => bothOf(first.load?.(), second.load?.()),
    // What the second remembers stands in a request that is made of the whole.
    ...(second.remembers ? { remembers: 'all' } : first.remembers && { remembers: first.remembers }),
    ...(countsStreams && { countsStreams }),
    request: (body, dropped) => second.request(first.request(body, dropped, true), dropped),
    answer: (body, asked) => first.answer(second.answer(body, asked && askedOf(first, second, asked)), asked),
    events: (asked) => {
      const back = second.events(asked && askedOf(first, second, asked));
      const on = first.events(asked);
      const translate: EventTranslator = (event) => back(event).flatMap((one) => on(one));
      return on.fail ? Object.assign(translate, { fail: on.fail }) : translate;
    },
  };
}

const bothOf = (one: Promise<unknown> | undefined, other: Promise<unknown> | undefined) =>
  one || other ? Promise.all([one, other]) : undefined;

const COUNTS = { stream_options: { include_usage: true } };

/** What the second of two translations was asked. */
function askedOf(first: Translation, { remembers }: Translation, asked: Call): Call {
  const counts = first.countsStreams ? COUNTS : undefined;
  if (!counts && !remembers) return asked;
  const read = () => tryExactJson(asked.raw.toString()) as Record<string, unknown>;
  const body = remembers ? first.request(read(), [], true) : {};
  const raw = Buffer.from(JSON.stringify({ ...body, ...counts }));
  return { ...asked, surface: first.to, raw, members: undefined };
}
