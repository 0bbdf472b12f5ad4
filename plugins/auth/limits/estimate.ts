import type { Call, Trace, Usage } from '../../../core/contracts/index.ts';
import { estimated, tokensOf } from '../../../wire/estimate-tokens.ts';

/** APIs whose answers have no text of a model. */
const WITHOUT_OUTPUT: ReadonlySet<string> = new Set([
  'embeddings',
  'moderations',
  'rerank',
  'tokenize',
  'count_tokens',
]);
/** How callers say how long an answer may be, in each API: the beginnings of the members, and the members. */
const BEGINNINGS = ['"max', '"num_predict'].map((text) => Buffer.from(text));
const MOST =
  /^"(?:max_completion_tokens|max_tokens|max_output_tokens|maxOutputTokens|maxTokens|num_predict)"\s*:\s*(\d{1,9})/;
/** bytes that such a member has at most, and places of each beginning that are read */
const LONGEST = 60;
const MOST_PLACES = 100;
/** What a body has that says how long its answer may be, or that holds a picture. One search of a short one finds it. */
const TELLING = /"(?:max|num_predict|base64"|inlineData"|inline_data")|;base64,/;
const SHORT = 16 * 1024;
/** tokens of an answer of which nothing is known */
const FIRST = 256;
const NOTHING: Usage = { estimated: true, prompt: 0, completion: 0, total: 0 };
/** Share of the latest answer in the usual length. */
const NEW = 0.1;
const MOST_MODELS = 1_000;

/** Tokens that requests may need: their text, and the answer that they allow, or else the model's usual one. */
export class TokenEstimate {
  readonly #usual = new Map<string, number>();

  of(call: Call): Usage {
    // A file is no text.
    if (call.format !== 'json') return NOTHING;
    const { raw, model, choices } = call;
    const isPlain = raw.length <= SHORT && !TELLING.test(raw.toString('latin1'));
    const most = (isPlain ? undefined : mostOf(call)) ?? this.#usual.get(model) ?? FIRST;
    const completion = WITHOUT_OUTPUT.has(call.surface) ? 0 : Math.ceil(most) * Math.max(1, choices);
    return estimated(raw, completion, isPlain ? tokensOf(raw.length) : 0);
  }

  learn({ model, usage, ending }: Trace): void {
    if (!usage || ending !== 'complete') return;
    const before = this.#usual.get(model);
    if (before === undefined && this.#usual.size >= MOST_MODELS) return;
    this.#usual.set(
      model,
      before === undefined ? usage.completion : before + NEW * (usage.completion - before),
    );
  }
}

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
