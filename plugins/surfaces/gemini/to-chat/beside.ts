import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { asNumber } from '../../../../kits/dialect-kit/as-text.ts';

/** The pages that an answer cites. @param text all of it: chat counts its characters, the Gemini API its bytes */
export function groundingOf(annotations: unknown, text: string): Json {
  const cited = objectsOf(annotations)
    .map(({ url_citation: page }) => page)
    .filter(isObject);
  if (cited.length === 0) return {};
  const bytesTo = (characters: unknown): number =>
    Buffer.byteLength(text.slice(0, asNumber(characters) || 0));
  return {
    groundingMetadata: {
      groundingChunks: cited.map(({ url, title }) => ({ web: { uri: url, title: stringOf(title) } })),
      groundingSupports: cited.map(({ start_index: start, end_index: end }, nth) => ({
        segment: {
          startIndex: bytesTo(start),
          endIndex: bytesTo(end),
          text: text.slice(asNumber(start) || 0, asNumber(end) || 0),
        },
        groundingChunkIndices: [nth],
      })),
    },
  };
}

/** The probabilities of its tokens. */
export function logprobsOf(logprobs: unknown): Json {
  const content = isObject(logprobs) ? objectsOf(logprobs.content) : [];
  if (content.length === 0) return {};
  return {
    logprobsResult: {
      chosenCandidates: content.map(entry),
      topCandidates: content.map(({ top_logprobs: top }) => ({ candidates: objectsOf(top).map(entry) })),
    },
  };
}

const entry = ({ token, logprob }: Json): Json => ({ token, logProbability: logprob });
