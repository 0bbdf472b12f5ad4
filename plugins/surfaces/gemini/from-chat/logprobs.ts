import { isObject, objectsOf, type Json } from '../../../../kits/dialect-kit/json.ts';

/** undefined: none were asked for */
export function logprobsOf(result: unknown): Json | undefined {
  if (!isObject(result) || !Array.isArray(result.chosenCandidates)) return undefined;
  const others = objectsOf(result.topCandidates);
  const content = objectsOf(result.chosenCandidates).map((chosen, nth) => ({
    ...entry(chosen),
    top_logprobs: objectsOf(others[nth]?.candidates).map(entry),
  }));
  return { content, refusal: null };
}

const entry = ({ token, logProbability }: Json): Json => ({
  token,
  logprob: logProbability ?? 0,
  bytes: typeof token === 'string' ? [...Buffer.from(token)] : null,
});
