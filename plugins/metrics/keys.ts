import type { Trace } from '../../core/contracts/index.ts';
import type { Family, Sample } from './page.ts';

/** Most keys with series of their own: the first that were used; further ones share one. */
const MOST = 100;
const OTHERS = '(other keys)';

interface Counted {
  requests: number;
  failed: number;
  input: number;
  output: number;
}

/** Requests of callers with a key, by the names of their keys. */
export class KeyCounters {
  readonly #keys = new Map<string, Counted>();

  add({ key, ending, attempts }: Trace): void {
    if (key === undefined) return;
    const counted = this.#of(key);
    counted.requests++;
    if (ending !== 'complete' && ending !== 'left') counted.failed++;
    for (const { usage } of attempts) {
      counted.input += usage?.prompt ?? 0;
      counted.output += usage?.completion ?? 0;
    }
  }

  get families(): Family[] {
    const each = (
      name: string,
      help: string,
      read: (counted: Counted) => Omit<Sample, 'metricName'>[],
    ): Family => ({
      name,
      help,
      type: 'counter',
      samples: () =>
        [...this.#keys].flatMap(([key, counted]) =>
          read(counted).map(({ labels, value }) => ({ labels: { key, ...labels }, value })),
        ),
    });
    return [
      each(
        'switchyard_key_requests_total',
        `Requests by the name of their key; '${OTHERS}': those of all but the first ${MOST} keys.`,
        ({ requests, failed }) => [
          { labels: { result: 'answered' }, value: requests - failed },
          { labels: { result: 'failed' }, value: failed },
        ],
      ),
      each('switchyard_key_tokens_total', 'Tokens by the name of the key.', ({ input, output }) => [
        { labels: { type: 'input' }, value: input },
        { labels: { type: 'output' }, value: output },
      ]),
    ];
  }

  #of(key: string): Counted {
    const known = this.#keys.get(key);
    if (known) return known;
    const name = this.#keys.size < MOST ? key : OTHERS;
    let counted = this.#keys.get(name);
    if (!counted) this.#keys.set(name, (counted = { requests: 0, failed: 0, input: 0, output: 0 }));
    return counted;
  }
}
