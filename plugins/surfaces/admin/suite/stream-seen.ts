import type { Exchange } from './exchange.ts';

/** A whole stream as its client saw it. */
export interface StreamSeen {
  /** events before the closing one: parsed, or the text where it is not JSON */
  readonly chunks: readonly unknown[];
  /** ms until the first and the last content */
  readonly firstMs: number;
  readonly lastMs: number;
  /** the provider's own count; undefined: it gave none */
  readonly tokens: number | undefined;
  /** characters of text and reasoning */
  readonly characters: number;
}

/** @returns undefined where it held no content */
export function streamSeen({ events, startedMs }: Exchange): StreamSeen | undefined {
  const contents = events.filter(({ content }) => content);
  const [first] = contents;
  if (!first) return undefined;
  const chunks = events.filter(({ data }) => data !== '[DONE]').map(({ data }) => parsed(data));
  const counted = chunks.map(tokensIn).findLast((tokens) => tokens !== undefined);
  return {
    chunks,
    firstMs: first.atMs - startedMs,
    lastMs: (contents.at(-1) ?? first).atMs - startedMs,
    tokens: counted,
    characters: chunks.flatMap(textsIn).join('').length,
  };
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return data;
  }
}

interface Chunk {
  readonly usage?: { readonly completion_tokens?: unknown } | null;
  readonly choices?: readonly { readonly delta?: Readonly<Record<string, unknown>> }[];
}

function tokensIn(chunk: unknown): number | undefined {
  const tokens = (chunk as Chunk | null)?.usage?.completion_tokens;
  return typeof tokens === 'number' && tokens > 0 ? tokens : undefined;
}

/** Texts of a delta in whichever member they are, except the role. */
function textsIn(chunk: unknown): string[] {
  const choices = (chunk as Chunk | null)?.choices;
  const deltas = Array.isArray(choices) ? (choices as NonNullable<Chunk['choices']>) : [];
  return deltas.flatMap(({ delta }) =>
    Object.entries(delta ?? {}).flatMap(([name, value]) =>
      typeof value === 'string' && name !== 'role' ? [value] : [],
    ),
  );
}
