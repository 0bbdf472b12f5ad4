import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Host } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import type { Unsent } from '../../../kits/feature-kit/answers.ts';
import { storeOf } from '../../../kits/store-kit/store-of.ts';
import { storeLost } from '../../../kits/store-kit/store-lost.ts';
import { ownKeyRoute } from '../../../kits/surface-kit/index.ts';
import type { Usage } from '../answers.ts';
import { ApiKey } from '../api-key.ts';
import { ConfigKey } from '../config-key.ts';
import { describeStanding } from '../limits/describe-standing.ts';
import { csvOf } from './csv.ts';
import { dollarsOf, NANO } from './dollars.ts';
import { readQuery, type Asked } from './read-query.ts';
import type { UsageRecorder } from './recorder.ts';
import { AMOUNTS, type Amounts, type UsageLine } from './usage-row.ts';

/**
 * `GET /usage`: what keys have used. The holder of a key sees its own and how much of its limits is left.
 * @param ownKey the only key that a request may see; undefined: it may see all
 */
export function usageRoutes(
  { app, gateway, date }: Host,
  usage: UsageRecorder,
  ownKey: (request: FastifyRequest) => string | undefined,
): void {
  app.get('/usage', { config: ownKeyRoute }, (request, reply) => {
    const asked = readQuery(request.query as Record<string, unknown>, date());
    const own = ownKey(request);
    if (own !== undefined && (asked.only.key ?? own) !== own) throw others(own);
    const query = own === undefined ? asked : { ...asked, only: { ...asked.only, key: own } };
    return usage
      .lines(query)
      .catch((error: Error) => {
        throw storeOf(gateway) ? storeLost('usage cannot be told now', error) : error;
      })
      .then((lines) => sent(reply, request, query, lines));
  });
}

function sent(
  reply: FastifyReply,
  { caller }: FastifyRequest,
  query: Asked,
  lines: readonly UsageLine[],
): string | Unsent<Usage> {
  const { by, format, sinceEpochMs, untilEpochMs } = query;
  reply.header('cache-control', 'no-store');
  if (format === 'csv') {
    reply.header('content-type', 'text/csv; charset=utf-8; header=present');
    return csvOf(by, lines);
  }
  return {
    since: timeOf(sinceEpochMs),
    until: timeOf(untilEpochMs),
    by,
    data: lines.map((line) => ({
      ...Object.fromEntries(by.map((name) => [name, line[name]])),
      ...amountsOf(line),
    })),
    ...(!by.includes('label') && { totals: amountsOf(sumOf(lines)) }),
    ...((caller instanceof ApiKey || caller instanceof ConfigKey) && {
      limits: caller.limits.map(describeStanding),
    }),
  };
}

/** Counted, estimated and unknown usage stay apart. */
const amountsOf = ({ requests, failed, unknown, prompt, completion, ...amounts }: Amounts) => ({
  requests,
  failed,
  unknown,
  reported: { prompt, completion, cached: amounts.cached, cacheWritten: amounts.cacheWritten },
  estimated: { prompt: amounts.estimatedPrompt, completion: amounts.estimatedCompletion },
  cost: {
    reported: dollarsOf(amounts.cost, amounts.unpriced),
    estimated: dollarsOf(amounts.estimatedCost, amounts.unpriced),
    unpriced: amounts.unpriced,
  },
  saved: {
    requests: amounts.kept,
    prompt: amounts.savedPrompt,
    completion: amounts.savedCompletion,
    cost: amounts.savedCost / NANO,
  },
});

const sumOf = (lines: readonly UsageLine[]): Amounts =>
  Object.fromEntries(
    AMOUNTS.map((name) => [name, lines.reduce((sum, line) => sum + line[name], 0)]),
  ) as Amounts;

const timeOf = (epochMs: number): string => new Date(epochMs).toISOString();

const others = (own: string): GatewayError =>
  new GatewayError(
    'role_not_allowed',
    `the key '${own}' sees its own usage only; that of others needs the key of an admin`,
  );
