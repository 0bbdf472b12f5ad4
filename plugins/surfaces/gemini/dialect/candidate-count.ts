import type { Call } from '../../../../core/contracts/index.ts';
import { asNumber } from '../../../../kits/dialect-kit/as-text.ts';

const NAMES = ['"candidateCount"', '"candidate_count"'].map((name) => Buffer.from(name));
const COUNT = /^[^:]*:\s*(\d{1,3})/;

/** How many answers a request asks for. Its body is searched, not parsed: inside a text the name's quotes are escaped. */
export function candidateCount({ raw, choices }: Call): number {
  for (const name of NAMES) {
    const at = raw.indexOf(name);
    const [, count] = at < 0 ? [] : (COUNT.exec(raw.toString('latin1', at, at + 64)) ?? []);
    if (count !== undefined) return Math.max(1, asNumber(count));
  }
  return Math.max(1, choices);
}
