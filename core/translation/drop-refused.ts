import type { Translation } from '../contracts/index.ts';
import { isUntranslatable } from '../errors.ts';
import { dropMember } from '../../wire/body/drop-member.ts';

type Body = Record<string, unknown>;

/** What is left out of one request at most: each is found by one more translation. */
const MOST = 50;
/** A request is none without them. */
const NEEDED = new Set(['model', 'messages', 'contents', 'input', 'prompt']);

/**
 * The request, without what the other API cannot express.
 * @param dropped takes the names of those members, too
 * @throws GatewayError `not_translatable` where nothing is left that could be sent
 */
export function dropRefused(by: Translation, body: Body, dropped: string[], goesOn = false): Body {
  const refused = new Set<string>();
  for (let nth = 0; ; nth++) {
    const told: string[] = [];
    try {
      const request = by.request(body, told, goesOn);
      dropped.push(...refused, ...told.filter((name) => !dropped.includes(name)));
      return request;
    } catch (error) {
      if (!isUntranslatable(error) || error.param === null || nth === MOST) throw error;
      if (!dropMember(body, error.param, NEEDED)) throw error;
      refused.add(error.param);
    }
  }
}
