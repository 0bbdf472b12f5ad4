import { objectsOf, parseExact, type Json } from '../../../../kits/dialect-kit/json.ts';

/** Tells what the gateway put there from what OpenAI's own models did, which only those can read. */
const MARK = 'chat-reasoning-details:';

/** A chat's signed reasoning as a reasoning item carries it: opaque to its caller, who sends it back. */
export const sealed = (details: readonly Json[]): string =>
  MARK + Buffer.from(JSON.stringify(details)).toString('base64');

/** @returns undefined where another server sealed it */
export function unsealed(content: string): Json[] | undefined {
  if (!content.startsWith(MARK)) return undefined;
  const details = objectsOf(parseExact(Buffer.from(content.slice(MARK.length), 'base64').toString()));
  return details.length > 0 ? details : undefined;
}
