import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { asNumber } from '../../../../kits/dialect-kit/as-text.ts';

/**
 * The cited pages, as chat's annotations.
 * @param text the whole text so far: the API counts its bytes, chat its characters
 */
export function annotationsOf({ groundingMetadata, citationMetadata }: Json, text: string): Json[] {
  const bytes = Buffer.from(text);
  const placed = (from: unknown, to: unknown): Json => ({
    start_index: charactersIn(bytes, from, 0),
    end_index: charactersIn(bytes, to, bytes.length),
  });
  const cited = (page: Json, from: unknown, to: unknown): Json => ({
    type: 'url_citation',
    url_citation: { ...placed(from, to), url: stringOf(page.uri), title: stringOf(page.title) },
  });
  const { groundingChunks, groundingSupports } = isObject(groundingMetadata) ? groundingMetadata : {};
  const pages = Array.isArray(groundingChunks) ? groundingChunks.map(pageOf) : [];
  const grounded = objectsOf(groundingSupports).flatMap(({ segment, groundingChunkIndices: indices }) => {
    const { startIndex, endIndex } = isObject(segment) ? segment : {};
    const used = Array.isArray(indices) ? indices.map((index) => pages[asNumber(index)]) : [];
    return used.flatMap((page) => (page ? [cited(page, startIndex, endIndex)] : []));
  });
  const { citations, citationSources } = isObject(citationMetadata) ? citationMetadata : {};
  const quoted = objectsOf(citations ?? citationSources)
    .filter(({ uri }) => typeof uri === 'string')
    .map((page) => cited(page, page.startIndex, page.endIndex));
  return [...grounded, ...quoted];
}

function pageOf(chunk: unknown): Json | undefined {
  const { web, retrievedContext, maps } = isObject(chunk) ? chunk : {};
  return [web, retrievedContext, maps].find(isObject);
}

const charactersIn = (bytes: Buffer, count: unknown, otherwise: number): number =>
  bytes.toString('utf8', 0, typeof count === 'number' ? count : otherwise).length;
