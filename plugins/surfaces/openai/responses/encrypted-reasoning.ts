import { objectsOf, parseExact, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';

/** Tells what the gateway put there from what OpenAI's own models did, which only those can read. */
const MARK = 'chat-reasoning-details:';

/**
 * A chat's signed reasoning as a reasoning item carries it: opaque to its caller, who sends it back. Whose signatures
 * they are stands before it, so that the conversation can stay with that vendor.
 */
export function sealed(details: readonly Json[]): string {
  const formats = new Set(details.map(({ format }) => stringOf(format)));
  return `${MARK}${[...formats].join(',')}:${Buffer.from(JSON.stringify(details)).toString('base64')}`;
}

/** @returns undefined where another server sealed it */
export function unsealed(content: string): Json[] | undefined {
  if (!content.startsWith(MARK)) return undefined;
  const text = content.slice(content.lastIndexOf(':') + 1);
  const details = objectsOf(parseExact(Buffer.from(text, 'base64').toString()));
  return details.length > 0 ? details : undefined;
}
