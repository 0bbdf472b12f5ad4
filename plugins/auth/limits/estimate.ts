import type { Call, Trace, Usage } from '../../../core/contracts/index.ts';
import { membersAt, membersOf, scalarAt } from '../../../wire/body/json-members.ts';
import { estimated } from '../../../wire/estimate-tokens.ts';

/** How callers say how long an answer may be, in each API. */
const MOST = ['max_completion_tokens', 'max_tokens', 'max_output_tokens'];
/** Members that hold it in other APIs: Google's, Ollama's and AWS's. */
const WITHIN = {
  generationConfig: ['maxOutputTokens', 'max_output_tokens'],
  generation_config: ['maxOutputTokens', 'max_output_tokens'],
  options: ['num_predict'],
  inferenceConfig: ['maxTokens'],
} as const;
const NAMES = [...MOST, ...Object.keys(WITHIN)];
/** APIs whose answers have no text of a model. */
const WITHOUT_OUTPUT: ReadonlySet<string> = new Set([
  'embeddings',
  'moderations',
  'rerank',
  'tokenize',
  'count_tokens',
]);
/** bytes of a body that is walked for the members above; how often each is searched for in a longer one */
const LONG = 64 * 1_024;
const MOST_PLACES = 100;
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
    if (WITHOUT_OUTPUT.has(call.surface)) return estimated(call.raw, 0);
    const most = mostOf(call) ?? this.#usual.get(call.model) ?? FIRST;
    return estimated(call.raw, Math.ceil(most) * Math.max(1, call.choices));
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
  if (call.raw.length > LONG) return mostInLong(call.raw);
  const spans = membersOf(call, NAMES)?.spans;
  if (!spans) return undefined;
  for (const name of MOST) {
    const most = scalarAt(call.raw, spans.get(name));
    if (isLength(most)) return most;
  }
  for (const [name, inner] of Object.entries(WITHIN)) {
    const span = spans.get(name);
    const found = span && membersAt(call.raw, span.start, inner)?.spans;
    const most = found && inner.map((one) => scalarAt(call.raw, found.get(one))).find(isLength);
    if (most !== undefined) return most;
  }
  return undefined;
}

/** In a long body the names are searched for and it is not walked. In a text its quotes would be escaped. */
function mostInLong(raw: Buffer): number | undefined {
  let most: number | undefined;
  for (const name of [...MOST, ...Object.values(WITHIN).flat()]) {
    const quoted = `"${name}"`;
    let at = raw.indexOf(quoted);
    for (let turn = 0; at >= 0 && turn < MOST_PLACES; turn++) {
      const [, digits] = /^\s*:\s*(\d{1,9})/.exec(raw.toString('latin1', at + quoted.length, at + 60)) ?? [];
      if (digits !== undefined) most = Math.max(most ?? 0, Number(digits));
      at = raw.indexOf(quoted, at + quoted.length);
    }
  }
  return most;
}

/** Ollama's -1 is no limit. */
const isLength = (value: unknown): value is number => typeof value === 'number' && value >= 0;
