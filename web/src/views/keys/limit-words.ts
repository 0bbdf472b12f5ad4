import type { CallerKey } from '../../api/types.ts';
import { dollars } from '../../format/money.ts';
import { count } from '../../format/numbers.ts';

type Limits = CallerKey['limits'];

/** Limits in one line; '' where there are none. */
export function limitWords({ requests, tokens, dollars: money, concurrency }: Limits): string {
  const all = [
    ...perSpan(requests, (amount) => `${count(amount)} requests`),
    ...perSpan(tokens, (amount) => `${count(amount)} tokens`),
    ...perSpan(money, dollars),
    ...(concurrency === undefined ? [] : [`${concurrency} at once`]),
  ];
  return all.join(', ');
}

const perSpan = (spans: Limits['requests'], told: (amount: number) => string): string[] =>
  Object.entries(spans ?? {}).map(
    ([span, amount]) => `${told(amount)} ${span === 'total' ? 'in total' : `a ${span}`}`,
  );
