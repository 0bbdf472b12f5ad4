import type { RequestJob, Translation } from '../contracts/index.ts';
import { isUntranslatable } from '../errors.ts';
import { dropMember } from '../../wire/body/drop-member.ts';

export type Drops = RequestJob['drops'];
type Body = Record<string, unknown>;

/** What is left out of one request at most: each is found by one more translation. */
const MOST = 50;
/** A request is none without them. */
const NEEDED = new Set(['model', 'messages', 'contents', 'input', 'prompt']);

/**
 * The request, without what the other API cannot express where that is to be left out.
 * @param told takes the names of those members, too
 * @throws GatewayError `not_translatable` where nothing is left that could be sent
 */
export function dropRefused(by: Translation, body: Body, told: string[], how: Drops, goesOn: boolean): Body {
  if (how === 'refuse') return by.request(body, told, goesOn);
  const refused = new Set<string>();
  for (let nth = 0; ; nth++) {
    const dropped: string[] = [];
    try {
      const request = by.request(body, dropped, goesOn);
      told.push(...refused, ...dropped.filter((name) => !told.includes(name)));
      return request;
    } catch (error) {
      if (!isUntranslatable(error) || error.param === null || nth === MOST) throw error;
      if (!dropMember(body, error.param, NEEDED, how === 'members')) throw error;
      refused.add(error.param);
    }
  }
}
