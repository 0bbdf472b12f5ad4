import { objectsOf, parseExact, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';

/** A member beside a tool call in chat that must come back with it: Gemini's signatures. */
const BESIDE_CALL = 'tool_call.extra_content';

/** Calls of a response have no place for it, so it is sealed in the reasoning before them. */
export const besideCall = ({ id, extra_content }: Json): Json => ({ type: BESIDE_CALL, id, extra_content });

export const isBesideCall = ({ type }: Json): boolean => type === BESIDE_CALL;

/** Distinguishes content of the gateway from that of OpenAI's models, which only those can read. */
const MARK = 'chat-reasoning-details:';

/**
 * A chat's signed reasoning as a reasoning item carries it: opaque to its caller, which sends it back. The vendor of the
 * signatures stands before it, so that the conversation can stay with that vendor.
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
