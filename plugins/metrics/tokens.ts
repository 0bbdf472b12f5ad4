import type { Usage } from '../../core/contracts/index.ts';
import type { Family, Labels, Sample } from './page.ts';

/** A counter of tokens, with the price of these. */
export interface Spender {
  readonly labels: Labels;
  readonly spent: Spent;
}

const TYPES = ['input', 'output', 'cached_input', 'cache_written_input'] as const;
const SOURCES = ['reported', 'estimated'] as const;

/** Tokens and money of one target. */
export class Spent {
  readonly #tokens = new Float64Array(TYPES.length * SOURCES.length);
  dollars = 0;
  /** requests whose tokens are known and whose price is not */
  unpriced = 0;

  add(usage: Usage): void {
    const { prompt, completion, cached = 0, cacheWritten = 0, estimated = false, cost } = usage;
    const from = estimated ? TYPES.length : 0;
    [prompt, completion, cached, cacheWritten].forEach((count, at) => {
      (this.#tokens[from + at] as number) += count;
    });
    if (cost === null) this.unpriced++;
    else this.dollars += cost ?? 0;
  }

  tokens(labels: Labels): Sample[] {
    return [...this.#tokens].flatMap((value, at) => {
      if (value === 0) return [];
      const type = TYPES[at % TYPES.length] as string;
      const source = SOURCES[Math.floor(at / TYPES.length)] as string;
      return [{ labels: { ...labels, type, source }, value }];
    });
  }
}

export function tokenFamilies(all: () => Iterable<Spender>): Family[] {
  const each = (name: string, help: string, read: (spent: Spent) => number): Family => ({
    name,
    help,
    type: 'counter',
    samples: () => [...all()].map(({ labels, spent }) => ({ labels, value: read(spent) })),
  });
  return [
    {
      name: 'switchyard_tokens_total',
      help: "Tokens of all attempts, as the upstream counted them or as they are estimated; 'cached_input' and 'cache_written_input' are parts of 'input'.",
      type: 'counter',
      samples: () => [...all()].flatMap(({ labels, spent }) => spent.tokens(labels)),
    },
    each(
      'switchyard_cost_dollars_total',
      'What requests with a key have cost, in US dollars, as far as prices are known.',
      ({ dollars }) => dollars,
    ),
    each(
      'switchyard_unpriced_requests_total',
      'Requests with a key whose price is not known, and that are not in the cost.',
      ({ unpriced }) => unpriced,
    ),
  ];
}
