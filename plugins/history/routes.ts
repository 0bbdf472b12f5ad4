import type { Host } from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';
import type { StateChanges, Statistics as Told } from './answers.ts';
import type { Minutes } from './minutes.ts';
import type { HistoryState } from './recorder.ts';
import type { StateRow } from './rows.ts';
import { RANGES, statistics, type Range, type Statistics, type StatisticsQuery } from './statistics.ts';

interface Parts {
  readonly minutes: Minutes;
  readonly standing: () => HistoryState;
  /** what is on disk together with what is in memory; rejects where the disk cannot be read */
  readonly statistics: (query: StatisticsQuery) => Promise<Statistics>;
  /** newest first */
  readonly states: (provider: string, limit: number) => Promise<readonly StateRow[]>;
}

/** `GET /statistics` and `GET /providers/{name}/history`. Falls back to memory where the disk cannot be read. */
export function routes({ app, gateway, date }: Host, parts: Parts): void {
  app.get('/statistics', ({ query }) => statisticsOf(query as Record<string, unknown>));
  app.get('/providers/:name/history', ({ params, query }) =>
    statesOf((params as { name: string }).name, (query as { limit?: string }).limit),
  );

  async function statisticsOf(asked: Record<string, unknown>): Promise<Told> {
    const query = { ...read(asked), nowEpochMs: date() };
    const fresh = parts.minutes.fresh(query.nowEpochMs);
    const answer = await parts
      .statistics(query)
      .catch(() => statistics(query, { minutes: () => fresh.minutes, uptime: () => fresh.uptime }));
    return { ...answer, history: parts.standing() };
  }

  async function statesOf(name: string, limit = '100'): Promise<StateChanges> {
    const { provider, process } = gateway.upstreams.named(name);
    const most = Number(limit);
    if (!Number.isInteger(most) || most < 1) throw wrong('limit', limit, 'a whole number from 1');
    const remembered = (): StateRow[] =>
      [...(process?.history ?? [])]
        .reverse()
        .map(({ atEpochMs, ...change }) => ({ provider: provider.name, at: atEpochMs, ...change }));
    const changes = await parts.states(provider.name, most).catch(remembered);
    const data = changes
      .slice(0, most)
      .map(({ at, state, reason }) => ({ at: new Date(at).toISOString(), state, reason }));
    return { data };
  }
}

function read({
  range = '1h',
  provider,
  model,
  ...unknown
}: Record<string, unknown>): Omit<StatisticsQuery, 'nowEpochMs'> {
  const [other] = Object.keys(unknown);
  if (other !== undefined)
    throw new GatewayError(
      'invalid_request',
      `there is no query parameter '${other}' here; there are: range, provider, model`,
      { param: other },
    );
  if (typeof range !== 'string' || !Object.hasOwn(RANGES, range))
    throw wrong('range', String(range), `one of ${Object.keys(RANGES).join(', ')}`);
  return { range: range as Range, provider: text(provider), model: text(model) };
}

/** An empty parameter counts as absent. */
const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

function wrong(name: string, said: string, must: string): GatewayError {
  return new GatewayError('invalid_request', `'${name}' must be ${must}; it is '${said.slice(0, 100)}'`, {
    param: name,
  });
}
