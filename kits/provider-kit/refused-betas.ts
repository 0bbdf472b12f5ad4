import type { Provider } from '../../core/contracts/index.ts';

const HEADER = 'anthropic-beta';
/** The refusal of unknown features by Anthropic, and by Vertex AI. */
const UNEXPECTED = /Unexpected value\(s\) ((?:`[^`]{1,100}`(?:, )?)+) for the `anthropic-beta` header/;
/** The same by AWS, without names. */
const INVALID = /invalid beta flag/i;
/** stands for all of them */
const ALL = '*';
/** Names come from callers: this many models and features are remembered. */
const MOST = 100;
/** bytes of a refusal that are read */
const READ = 4096;

/**
 * The features of Anthropic's API that models of a provider have refused: clients request the newest features of every
 * model, and an unknown one fails the whole request.
 */
export class RefusedBetas {
  readonly #refused = new Map<string, Set<string>>();
  readonly learning: Pick<Provider, 'learns'> = {
    learns: ({ headers }, { body }, model) =>
      headers[HEADER] === undefined ? '' : this.#learn(String(headers[HEADER]), body, model),
  };

  /** @param headers of a request, which has some */
  leaveOut(headers: Record<string, string | string[]>, model: string): void {
    const refused = this.#refused.get(model);
    if (!refused) return;
    const kept = refused.has(ALL)
      ? []
      : namesIn(String(headers[HEADER])).filter((name) => !refused.has(name));
    if (kept.length > 0) headers[HEADER] = kept.join(',');
    else delete headers[HEADER];
  }

  /** Of what was sent alone, so that each request is repeated with less. */
  #learn(sent: string, body: Buffer, model: string): string {
    const said = body.toString('utf8', 0, READ);
    const asked = namesIn(sent);
    const named = namesIn((UNEXPECTED.exec(said)?.[1] ?? '').replaceAll('`', ''));
    const names = INVALID.test(said) ? [ALL] : named.filter((name) => asked.includes(name));
    if (names.length === 0) return '';
    let refused = this.#refused.get(model);
    if (!refused) {
      if (this.#refused.size >= MOST) this.#refused.clear();
      this.#refused.set(model, (refused = new Set()));
    }
    if (refused.size >= MOST) refused.clear();
    for (const name of names) refused.add(name);
    return `${HEADER} ${names[0] === ALL ? sent : names.join(', ')}`;
  }
}

const namesIn = (list: string): string[] =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
