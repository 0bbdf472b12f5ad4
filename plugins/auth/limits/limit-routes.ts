import type { FastifyRequest } from 'fastify';
import type { Host } from '../../../core/contracts/index.ts';
import type { Unsent } from '../../../kits/feature-kit/answers.ts';
import { readObject } from '../../../kits/surface-kit/index.ts';
import type { Limit } from '../answers.ts';
import { invalid } from '../read-members.ts';
import type { LimitInForce } from './limit-in-force.ts';
import type { MadeLimits } from './made-limits.ts';
import { readLimit } from './read-limits.ts';
import { standingOf } from './standing.ts';
import { describeStanding } from './describe-standing.ts';

/** groups that an answer shows of a limit, those with most use first */
const SHOWN = 1_000;

/** `/limits`: those of the config and those that were made here, and how much of each is used. */
export function limitRoutes({ app, date }: Host, limits: MadeLimits): void {
  const told = (limit: LimitInForce): Unsent<Limit> => describe(limit, date());
  app.get('/limits', () => ({ data: limits.all.map(told) }));
  app.get('/limits/:name', (request) => told(limits.named(nameIn(request))));
  app.post('/limits', (request) => {
    const { name, ...traits } = readLimit(readObject(request));
    if (name === undefined) throw invalid('name', "'name' is missing: give the limit a name");
    return limits.create({ ...traits, name }).then(told);
  });
  app.patch('/limits/:name', (request) =>
    limits.change(nameIn(request), readLimit(readObject(request))).then(told),
  );
  app.delete('/limits/:name', (request) => {
    const name = nameIn(request);
    return limits.remove(name).then(() => ({ removed: name }));
  });
}

const nameIn = ({ params }: FastifyRequest): string => (params as { name: string }).name;

function describe({ limit, groups }: LimitInForce, now: number): Unsent<Limit> {
  const { per = [], where = {}, requests, tokens, dollars, concurrency, unknownPrice } = limit;
  const standing = [...groups]
    .flatMap(({ bounds, money }) => [...bounds, ...money].map((bound) => standingOf(bound, now)))
    .toSorted((one, other) => other.used / (other.most || 1) - one.used / (one.most || 1));
  return {
    name: limit.name as string,
    from: limit.from as Limit['from'],
    per,
    where: where as Limit['where'],
    requests: requests ?? {},
    tokens: tokens ?? {},
    dollars: dollars ?? {},
    concurrency: concurrency ?? null,
    unknownPrice: unknownPrice ?? 'pass',
    used: standing.slice(0, SHOWN).map(describeStanding),
  };
}
