import type { Call, Trace } from '../../../core/contracts/index.ts';
import { membersOf, scalarAt } from '../../../wire/body/json-members.ts';
import { estimated } from '../../../wire/estimate-tokens.ts';

/** How callers say how long an answer may be, in each API; one that says it elsewhere gets the usual length. */
const MOST = ['max_completion_tokens', 'max_tokens', 'max_output_tokens'];
/** APIs whose answers have no text of a model. */
const WITHOUT_OUTPUT: ReadonlySet<string> = new Set([
  'embeddings',
  'moderations',
  'rerank',
  'tokenize',
  'count_tokens',
]);
/** tokens of an answer of which nothing is known */
const FIRST = 256;
/** Share of the latest answer in the usual length. */
const NEW = 0.1;
const MOST_MODELS = 1_000;

/** Tokens that requests may need: their text, and the answer that they allow, or else the model's usual one. */
export class TokenEstimate {
  readonly #usual = new Map<string, number>();

  of(call: Call): number {
    // A file is no text.
    if (call.format !== 'json') return 0;
    const prompt = estimated(call.raw, 0).prompt;
    if (WITHOUT_OUTPUT.has(call.surface)) return prompt;
    const most = mostOf(call) ?? this.#usual.get(call.model) ?? FIRST;
    return prompt + Math.ceil(most) * Math.max(1, call.choices);
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

function mostOf(call: Call): number | undefined {
  const spans = membersOf(call, MOST)?.spans;
  for (const name of MOST) {
    const most = scalarAt(call.raw, spans?.get(name));
    if (typeof most === 'number' && most >= 0) return most;
  }
  return undefined;
}
