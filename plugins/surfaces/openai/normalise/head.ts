import type { Json } from '../dialects/json.ts';

/** Ten digits are seconds until the year 2286; more are milliseconds. */
const MOST_SECONDS = 9_999_999_999;

/** What is said of an answer as a whole, less what says nothing; `created` in seconds. */
export function headOf({ choices: _, usage: _usage, created, ...head }: Json): Json {
  const said = Object.fromEntries(
    Object.entries(head).filter(([, value]) => value !== null && value !== undefined && value !== ''),
  );
  return typeof created === 'number' ? { ...said, created: seconds(created) } : said;
}

const seconds = (created: number): number => Math.floor(created > MOST_SECONDS ? created / 1000 : created);
