import { errorCodes, meaningOf, type ErrorCode, type Meaning } from '../core/errors.ts';
import { meaningOfStatus, STATUSES, type StatusMeaning } from '../core/failures/status-meaning.ts';

/** The tables of `docs/errors.md`, as `core/errors.ts` and `core/failures/status-meaning.ts` have them. */

const table = (head: string, rows: readonly (readonly string[])[]): string =>
  [head, head.replaceAll(/[^|]+/g, '---'), ...rows.map((cells) => `| ${cells.join(' | ')} |`)].join('\n');

const yes = (is: boolean): string => (is ? 'yes' : 'no');

const HEALTH: Readonly<Record<Meaning['health'], string>> = {
  nothing: '–',
  fails: 'counts',
  opens: 'opens at once',
};

/** What follows from a code, but for those after which nothing more is done. */
export function codesTable(): string {
  const doesMore = ({ elsewhere, again, process, clientRetry }: Meaning): boolean =>
    elsewhere || again || process !== 'nothing' || clientRetry;
  return table(
    '| code | fault | another target | same target | circuit | left out | local program | broken answer | client retries |',
    errorCodes
      .map((code) => [code, meaningOf(code)] as const)
      .filter(([, meaning]) => doesMore(meaning))
      .map(
        ([code, { fault, elsewhere, again, health, scope, process, ending, retryAfterS, clientRetry }]) => [
          `\`${code}\``,
          fault,
          yes(elsewhere),
          yes(again),
          HEALTH[health],
          scope === 'request' ? '–' : scope,
          process === 'nothing' ? '–' : process,
          `\`${ending}\``,
          retryAfterS === undefined ? yes(clientRetry) : `after ${retryAfterS} s`,
        ],
      ),
  );
}

export const closing = (): string =>
  errorCodes
    .filter((code: ErrorCode) => meaningOf(code).closes)
    .map((code) => `\`${code}\``)
    .join(', ');

/** What a refusal of an upstream means by its status. */
export function statusTable(): string {
  const row = (name: string, one: StatusMeaning): string[] => [
    name,
    `\`${one.type}\``,
    yes(one.retryable),
    one.scope === undefined
      ? '–'
      : one.scope === 'limit'
        ? 'the model; of several keys, the one that was used'
        : `the key${one.says ? ', where the body says so' : ''}`,
    one.pauseMs === undefined
      ? '–'
      : one.pauseMs === 'grows'
        ? '1 s, twice as long each time, up to a minute'
        : `${one.pauseMs / 1_000} s`,
    yes(one.callers),
    yes(one.member),
    yes(one.path),
    one.lack === undefined ? '–' : 'where the body says so',
    one.retryable && one.scope === undefined ? 'counts' : '–',
  ];
  return table(
    "| status | type | retried | concerns | left out for | about the caller's own key | a member may be at fault | the path may be missing | the provider lacks it | circuit |",
    [
      ...Object.entries(STATUSES).map(([status, one]) => row(status, one)),
      row('others below 500', meaningOfStatus(418)),
      row('others from 500', meaningOfStatus(599)),
    ],
  );
}
