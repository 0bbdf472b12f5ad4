import { randomUUID } from 'node:crypto';
import { isRaw } from '../../../../wire/json.ts';
import type { Json } from '../../../../kits/dialect-kit/json.ts';

/** Ten digits are seconds until the year 2286; more are milliseconds. */
const MOST_SECONDS = 9_999_999_999;

/** The members of an answer as a whole, without empty ones; `created` in seconds. */
export function headOf({ choices: _, usage: _usage, id, created, model, ...head }: Json): Json {
  const own = {
    id: typeof id === 'number' ? String(id) : isRaw(id) ? id.rawJSON : textual(id),
    created: typeof created === 'number' ? seconds(created) : undefined,
    model: textual(model),
  };
  return Object.fromEntries(
    Object.entries({ ...own, ...head }).filter(
      ([, value]) => value !== null && value !== undefined && value !== '',
    ),
  );
}

/** Members that every answer has, for one that lacks them. */
export const ownHead = (model: string): Json => ({
  id: `chatcmpl-${randomUUID()}`,
  created: Math.floor(Date.now() / 1000),
  model,
});

const textual = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const seconds = (created: number): number => Math.floor(created > MOST_SECONDS ? created / 1000 : created);
