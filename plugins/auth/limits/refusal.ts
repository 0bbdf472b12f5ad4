import type { AnswerHeaders } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import type { GroupBound } from './limit-in-force.ts';
import { NANO, type Amounts } from './limits.ts';
import { inWords, standingHeaders } from './standing.ts';

/** A limit that a request would pass: which it is, how much of it is used, and when it ends. */
export function refusal(
  spent: GroupBound,
  key: string | undefined,
  amounts: Amounts,
  nowEpochMs: number,
): GatewayError {
  const { counted, most, counter } = spent;
  const code = counted === 'dollars' ? 'budget_spent' : 'rate_limited';
  const used = counter.used(nowEpochMs);
  const ends = counter.endsEpochMs(nowEpochMs);
  const subject = subjectOf(spent, key);
  const headers: AnswerHeaders = standingHeaders([spent], nowEpochMs);
  const { name } = spent.group.limit;
  if (name !== null) headers['x-switchyard-limit'] = encodeURIComponent(name);
  const refuse = (message: string, retryAfterS?: number): GatewayError =>
    new GatewayError(code, message, { headers, ...(retryAfterS !== undefined && { retryAfterS }) });
  if (most === 0) return refuse(`${subject} may use ${nothing(spent)}; an operator can give more`);
  if (counted === 'concurrency')
    return refuse(
      `${subject} may have ${most} requests at once, and has ${used}; come back when one has ended`,
      1,
    );
  const needed = amounts[counted];
  const limit = `${amountOf(counted, most)} ${perSpan(counter.span)}`.trim();
  if (needed > most)
    return refuse(
      `this request may need ${amountOf(counted, needed)}, and ${subject} may use ${limit}: shorten it, or ask for fewer by max_tokens`,
    );
  const needs = counted === 'requests' ? '' : `, and this request may need ${amountOf(counted, needed)}`;
  const has = `${subject} may use ${limit} and has used ${counted === 'dollars' ? dollars(used) : used}${needs}`;
  if (ends === Infinity) return refuse(`${has}; an operator can give more`);
  const rest = ends - nowEpochMs;
  return refuse(
    `${has}; the ${counter.span} ends in ${inWords(rest)}, at ${new Date(ends).toISOString()}`,
    Math.ceil(rest / 1_000),
  );
}

/** The price of a target is not known, and a limit of money refuses that. */
export function priceUnknown(bound: GroupBound, key: string | undefined, target: string): GatewayError {
  return new GatewayError(
    'budget_spent',
    `what ${target} costs is not known, and ${subjectOf(bound, key)} uses only what has a price; auth.prices can give it one`,
  );
}

function subjectOf({ group: { limit, values } }: GroupBound, key: string | undefined): string {
  if (limit.name === null) return `the key '${key}'`;
  const of = Object.entries(values).map(([dimension, value]) => `${dimension} '${value}'`);
  return `the limit '${limit.name}'${of.length > 0 ? ` of ${of.join(', ')}` : ''}`;
}

/** No wait and no shorter request helps. */
const nothing = ({ counted, counter }: GroupBound): string =>
  counted === 'concurrency'
    ? '0 requests at once'
    : `${amountOf(counted, 0)} ${perSpan(counter.span)}`.trim();

const perSpan = (span: string | undefined): string =>
  span === 'total' ? '' : `${span === 'hour' ? 'an' : 'a'} ${span}`;

const amountOf = (counted: string, amount: number): string =>
  counted === 'dollars' ? dollars(amount) : `${amount} ${counted}`;

const dollars = (nano: number): string => `$${Number((nano / NANO).toPrecision(6))}`;
