import type { Call, Trace, Usage } from '../../../core/contracts/index.ts';
import { estimated, tokensOf } from '../../../wire/estimate-tokens.ts';
import { shortText } from '../../../wire/short-text.ts';

/** APIs whose answers have no text of a model. */
const WITHOUT_OUTPUT: ReadonlySet<string> = new Set([
  'embeddings',
  'moderations',
  'rerank',
  'tokenize',
  'count_tokens',
]);
/** API whose requests are sessions. */
const SESSION = 'realtime-websocket';
const FREE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE']);
const CANCELS = /\/cancel(?:\?|$)/;
/** The members that limit an answer's length in each API: their beginnings, and their names. */
const BEGINNINGS = ['"max', '"num_predict'].map((text) => Buffer.from(text));
const MOST =
  /^"(?:max_completion_tokens|max_tokens|max_output_tokens|maxOutputTokens|maxTokens|num_predict)"\s*:\s*(\d{1,9})/;
/** bytes that such a member has at most, and places of each beginning that are read */
const LONGEST = 60;
const MOST_PLACES = 100;
/** Members that limit an answer's length, or that hold a picture. One search of a short body finds them. */
const TELLING = /"(?:max|num_predict|base64"|inlineData"|inline_data")|;base64,/;
/** tokens of an answer of which nothing is known */
const FIRST = 256;
const NOTHING: Estimate = { estimated: true, prompt: 0, completion: 0, total: 0, plainPrompt: 0 };
/** The least estimate, for requests without a text of known length: a spent limit refuses them. */
const LEAST: Estimate = { estimated: true, prompt: 1, completion: 1, total: 2, plainPrompt: 0 };
/** Share of the latest answer in the usual length. */
const NEW = 0.1;
const MOST_MODELS = 1_000;

/** How far the tokens of a model may be from those of the estimate. */
const MOST_OFF = 4;

/** What a request may need. */
export interface Estimate extends Usage {
  /** tokens of the prompt by its bytes alone, whatever was learned of the model */
  readonly plainPrompt: number;
}

interface Learned {
  completion: number;
  /** of the latest prompts, weighted by length: the upstream's counts, and the estimates by bytes */
  counted: number;
  plain: number;
}

/**
 * Tokens that requests may need: their text, at as many bytes a token as the model's upstream has counted lately, and the
 * answer that they allow, or else the model's usual one.
 */
export class TokenEstimate {
  readonly #learned = new Map<string, Learned>();

  of(call: Call): Estimate {
    if (call.format !== 'json') return needsNothing(call) ? NOTHING : LEAST;
    const { raw, model, choices } = call;
    const text = shortText(raw);
    const isPlain = text !== undefined && !TELLING.test(text);
    const learned = this.#learned.get(model);
    const most = (isPlain ? undefined : mostOf(call)) ?? learned?.completion ?? FIRST;
    const completion = WITHOUT_OUTPUT.has(call.surface) ? 0 : Math.ceil(most) * Math.max(1, choices);
    const plainPrompt = isPlain ? tokensOf(raw.length) : estimated(raw, 0).prompt;
    const prompt = Math.ceil(plainPrompt * rateOf(learned));
    return { prompt, completion, total: prompt + completion, estimated: true, plainPrompt };
  }

  /** @param needed what was estimated before; undefined: nothing was */
  learn({ model, usage, ending }: Trace, needed?: Estimate): void {
    if (!usage || ending !== 'complete') return;
    let learned = this.#learned.get(model);
    if (!learned) {
      if (this.#learned.size >= MOST_MODELS) return;
      this.#learned.set(model, (learned = { completion: usage.completion, counted: 0, plain: 0 }));
    }
    learned.completion += NEW * (usage.completion - learned.completion);
    if (!needed?.plainPrompt || usage.estimated || usage.prompt === 0) return;
    learned.counted += usage.prompt - NEW * learned.counted;
    learned.plain += needed.plainPrompt - NEW * learned.plain;
  }
}

/** Requests that read, remove or cancel something at a provider. A session begins with a GET, too. */
const needsNothing = ({ surface, method, path }: Call): boolean =>
  surface !== SESSION && (FREE_METHODS.has(method) || CANCELS.test(path));

/** How many tokens the upstream counts for one by the bytes. */
const rateOf = (learned: Learned | undefined): number =>
  !learned || learned.plain === 0
    ? 1
    : Math.min(MOST_OFF, Math.max(1 / MOST_OFF, learned.counted / learned.plain));

/** The body is not walked: a text cannot hold such a member, because its quotes would be escaped. Ollama's -1 is no limit. */
function mostOf({ raw }: Call): number | undefined {
  let most: number | undefined;
  for (const beginning of BEGINNINGS) {
    let at = raw.indexOf(beginning);
    for (let place = 0; at >= 0 && place < MOST_PLACES; place++) {
      const digits = MOST.exec(raw.toString('latin1', at, at + LONGEST))?.[1];
      if (digits !== undefined) most = Math.max(most ?? 0, Number(digits));
      at = raw.indexOf(beginning, at + beginning.length);
    }
  }
  return most;
}
