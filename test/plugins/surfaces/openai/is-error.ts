import type { Test } from 'tap';
import type { Answer } from '../../../switchyard.ts';

interface Expected extends Record<string, unknown> {
  readonly status: number;
}

type Refused = Pick<Answer, 'status' | 'text'>;

/** An error is `{"error": {message, type, param, code}}`, says nothing of our insides, and is what was expected. */
export function isError(t: Test, { status, text }: Refused, expected: Expected, what: string): void {
  const { error } = JSON.parse(text) as { error: Record<string, unknown> };
  const { status: wanted, ...members } = expected;
  t.equal(status, wanted, `${what}: ${text}`);
  t.strictSame(Object.keys(error).sort(), ['code', 'message', 'param', 'type'], what);
  t.match(error, { message: /\w/, type: /^\w+$/, ...members }, what);
  t.notMatch(text, /\.ts:|node_modules|\bat \w+ \(/, `${what}: no stack`);
}
