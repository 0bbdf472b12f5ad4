import t from 'tap';
import type { Answer, Parsed } from '../../switchyard.ts';
import { testFolder } from '../../test-folder.ts';
import { countingUpstream, type How } from './counting-upstream.ts';
import { openKeyed } from './keyed.ts';

/** of each kind: ten thousand in all */
const OF_EACH = 910;
const AT_ONCE = 25;
const KINDS = [
  'json',
  'stream',
  'cut',
  'left',
  'failing',
  'messages',
  'messages stream',
  'hedged',
  'unhidden',
  'useless',
  'cached',
];
const kindOf = (nth: number): string => KINDS[nth % KINDS.length] as string;
/** Numbers from here on are those of requests that come first, so that a target's latency is known. */
const WARM = 1_000_000;
/** As few as that takes: with more, a slow one of them would be hedged, and both answers counted. */
const WARM_COUNT = 5;
/** requests that come again, and whose answers are kept */
const KEPT = 7;

const COUNT = OF_EACH * KINDS.length;

t.test(
  'the usage of ten thousand mixed requests is what the upstreams have counted, to the token, wherever it is told',
  { timeout: 900_000 },
  async (t) => {
    const how =
      (isFirst: boolean) =>
      (nth: number): How => {
        const kind = nth >= WARM ? 'json' : kindOf(nth);
        if (isFirst && kind === 'failing') return 'failed';
        if (isFirst && kind === 'useless') return 'useless';
        if (isFirst && kind === 'hedged') return 'hang';
        return kind === 'cut' ? 'cut' : kind === 'left' ? 'held' : 'well';
      };
    const [one, two] = [await countingUpstream(t, how(true)), await countingUpstream(t, how(false))];
    const of = (upstream: typeof one, models: object) => ({
      use: 'openai-compatible',
      baseUrl: upstream.url,
      apiKey: 'k',
      surfaces: ['chat'],
      models,
    });
    const price = { input: 1, output: 2, cached: 0.5 };
    const { make, as, manage, switchyard } = await openKeyed(t, {
      config: {
        home: testFolder(t, {}),
        breaker: { failures: 100_000, minimum: 100_000 },
        retry: { again: 0, budget: 1 },
        hedge: { enabled: true, share: 1, minimum: 5 },
        providers: { one: of(one, { m: 'm', h: 'h' }), two: of(two, { spare: 's', h: 'h' }) },
        models: {
          m: { targets: [{ provider: 'one', model: 'm' }], fallbacks: ['spare'] },
          h: {
            strategy: { use: 'priority' },
            targets: [
              { provider: 'one', model: 'h' },
              { provider: 'two', model: 'h', priority: 1 },
            ],
          },
        },
        auth: { prices: { '*': price } },
        cache: { enabled: true },
      },
    });
    const limits = { tokens: { total: 1_000_000_000 }, dollars: { total: 1_000 } };
    const keys = [await make('ada', { limits, owner: 'Ada' }), await make('bob', { limits })];
    const ask = async (nth: number): Promise<Answer | undefined> => {
      const kind = nth >= WARM ? 'hedged' : kindOf(nth);
      const said = kind === 'cached' ? KINDS.length * (nth % KEPT) : nth;
      const body = {
        model: kind === 'hedged' ? 'h' : 'm',
        messages: [{ role: 'user', content: `#${said}` }],
      };
      const key = keys[nth % 2] as string;
      const chat = '/v1/chat/completions';
      const isStream = ['stream', 'cut', 'messages stream', 'unhidden'].includes(kind);
      if (kind.startsWith('messages'))
        return as(key, '/v1/messages', { body: { ...body, max_tokens: 9, stream: isStream } });
      if (kind !== 'left')
        return as(key, chat, {
          body: {
            ...body,
            stream: isStream,
            ...(kind === 'unhidden' && { stream_options: { include_usage: true } }),
          },
        });
      await leaveAfterContent(`${switchyard.url}${chat}`, key, { ...body, stream: true });
      return undefined;
    };
    for (let nth = 0; nth < WARM_COUNT; nth++) t.equal((await ask(WARM + nth))?.status, 200);
    let next = 0;
    const statuses = new Map<string, number>();
    const hits = { requests: 0, prompt: 0, completion: 0 };
    const worker = async (): Promise<void> => {
      while (next < COUNT) {
        const nth = next++;
        const answer = await ask(nth);
        if (answer?.headers['x-switchyard-cache'] === 'hit') {
          const { usage } = answer.json();
          hits.requests += 1;
          hits.prompt += usage.prompt_tokens;
          hits.completion += usage.completion_tokens;
        }
        const name = `${kindOf(nth)} ${answer?.status ?? 'left'}`;
        statuses.set(name, (statuses.get(name) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    t.strictSame(
      Object.fromEntries(statuses),
      Object.fromEntries(
        [...new Set(KINDS)].map((kind) => [`${kind} ${kind === 'left' ? 'left' : 200}`, OF_EACH]),
      ),
    );
    for (const key of ['ada', 'bob'])
      while ((await manage('GET', `/keys/${key}`)).json().running > 0) await new Promise(setImmediate);

    t.ok(two.asked >= 3 * OF_EACH, 'what failed, was useless or late was asked elsewhere');
    const told = {
      prompt: one.tally.prompt + two.tally.prompt,
      completion: one.tally.completion + two.tally.completion,
    };
    const cached = one.tally.cached + two.tally.cached;
    const { data, totals } = (await manage('GET', '/usage?by=key')).json();
    t.match(totals, {
      requests: COUNT + WARM_COUNT,
      unknown: 0,
      failed: OF_EACH,
      reported: { ...told, cached },
    });
    t.ok(totals.estimated.completion >= 2 * OF_EACH, 'cut and left');
    t.ok(totals.estimated.prompt >= 3 * OF_EACH, 'hedged, too');
    t.ok(hits.requests >= OF_EACH - 4 * KEPT, 'what came again was not asked again');
    t.match(totals.saved, hits, 'and is told apart');
    const providers = (await manage('GET', '/usage?by=provider'))
      .json()
      .data.filter(({ provider }: Parsed) => provider !== null);
    t.strictSame(
      providers.map(({ provider, reported }: Parsed) => [provider, reported.prompt, reported.completion]),
      [
        ['one', one],
        ['two', two],
      ].map(([name, { tally }]: Parsed) => [name, tally.prompt, tally.completion]),
    );
    const lines = (await manage('GET', '/usage?by=key,model&format=csv')).text
      .trim()
      .split('\r\n')
      .map((line) => line.split(','));
    const sum = (column: string): number => {
      const at = lines[0]!.indexOf(column);
      return lines.slice(1).reduce((all, line) => all + Number(line[at]), 0);
    };
    t.strictSame(
      [sum('prompt'), sum('completion'), sum('cached')],
      [told.prompt, told.completion, cached],
      'as CSV',
    );
    t.strictSame(
      [sum('estimatedPrompt'), sum('estimatedCompletion')],
      [totals.estimated.prompt, totals.estimated.completion],
    );
    const metrics = (await manage('GET', '/metrics')).text;
    const metric = (name: string, part = ''): number =>
      metrics
        .split('\n')
        .filter((line) => line.startsWith(`${name}{`) && line.includes(part))
        .reduce((all, line) => all + Number(line.split(' ').at(-1)), 0);
    const tokens = (type: string, source: string): number =>
      metrics
        .split('\n')
        .filter(
          (line) =>
            line.startsWith('switchyard_tokens_total{') &&
            line.includes(`type="${type}"`) &&
            line.includes(`source="${source}"`),
        )
        .reduce((all, line) => all + Number(line.split(' ').at(-1)), 0);
    t.strictSame(
      [tokens('input', 'reported'), tokens('output', 'reported'), tokens('cached_input', 'reported')],
      [told.prompt, told.completion, cached],
      'in the metrics',
    );
    t.strictSame(
      [tokens('input', 'estimated'), tokens('output', 'estimated')],
      [totals.estimated.prompt, totals.estimated.completion],
    );
    const cost = totals.cost.reported + totals.cost.estimated;
    t.ok(
      Math.abs(totals.cost.reported - (told.prompt - cached * 0.5 + 2 * told.completion) / 1e6) < 1e-9,
      'what was counted has its price',
    );
    t.ok(Math.abs(metric('switchyard_cost_dollars_total') - cost) < 1e-9);
    for (const [at, key] of keys.entries()) {
      const own = (await as(key, '/usage')).json();
      const [{ reported, estimated, cost: paid }] = own.data;
      const used = reported.prompt + reported.completion + estimated.prompt + estimated.completion;
      t.strictSame(own.data[0].key, data[at].key);
      t.match(own.limits, [{ limit: 'tokens', used }, { limit: 'dollars' }], 'limits have counted the same');
      t.ok(Math.abs(own.limits[1].used - paid.reported - paid.estimated) < 1e-9);
    }
  },
);

/** Asks for a stream, and leaves once content has come. */
async function leaveAfterContent(url: string, key: string, body: object): Promise<void> {
  const leave = new AbortController();
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const { body: stream } = await fetch(url, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
    signal: leave.signal,
  });
  await stream!.getReader().read();
  leave.abort();
}
