import type { Ending, RequestFilter } from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';

const ENDINGS: readonly string[] = [
  'complete',
  'error',
  'cut',
  'stalled',
  'refused',
  'left',
] satisfies Ending[];
/** Most requests on one page. */
const PAGE = 1_000;

/** The filter as its parameters are named. */
type Asked = Omit<RequestFilter, 'sinceEpochMs' | 'untilEpochMs'> & {
  readonly since?: number;
  readonly until?: number;
};

type Reader = (text: string, name: string) => unknown;

const text: Reader = (said) => said;

const READERS: Readonly<Record<string, Reader>> = {
  limit: (said, name) => {
    const limit = Number(said);
    if (Number.isInteger(limit) && limit >= 1) return Math.min(limit, PAGE);
    throw wrong(name, said, 'must be a whole number from 1');
  },
  before: text,
  model: text,
  provider: text,
  key: text,
  q: text,
  status: (said, name) => {
    if (/^[1-5]xx$/.test(said)) return [Number(said[0]) * 100, Number(said[0]) * 100 + 99];
    if (/^[1-5]\d\d$/.test(said)) return [Number(said), Number(said)];
    throw wrong(name, said, "must be a status such as 404, or a class such as '5xx'");
  },
  ending: (said, name) => {
    if (ENDINGS.includes(said)) return said;
    throw wrong(name, said, `must be one of ${ENDINGS.join(', ')}`);
  },
  since: moment,
  until: moment,
};

/** The filter of a list. An empty parameter counts as absent. @throws GatewayError `invalid_request` */
export function readQuery(
  query: Readonly<Record<string, unknown>>,
): RequestFilter & { readonly limit: number } {
  const read = Object.entries(query).map(([name, said]) => {
    const reader = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
    if (!reader)
      throw new GatewayError(
        'invalid_request',
        `there is no query parameter '${name}' here; there are: ${Object.keys(READERS).join(', ')}`,
        { param: name },
      );
    if (typeof said !== 'string') throw wrong(name, String(said), 'may be said only once');
    return [name, said === '' && name !== 'limit' ? undefined : reader(said, name)] as const;
  });
  const { since: sinceEpochMs, until: untilEpochMs, ...rest } = Object.fromEntries(read) as Asked;
  return { limit: 100, ...rest, sinceEpochMs, untilEpochMs };
}

/** An ISO 8601 text, or ms since 1970. */
function moment(said: string, name: string): number {
  const at = /^\d+$/.test(said) ? Number(said) : Date.parse(said);
  if (Number.isNaN(at)) throw wrong(name, said, 'must be a time such as 2026-01-31T12:00:00Z');
  return at;
}

function wrong(name: string, said: string, must: string): GatewayError {
  return new GatewayError('invalid_request', `'${name}' ${must}; it is '${said.slice(0, 100)}'`, {
    param: name,
  });
}
