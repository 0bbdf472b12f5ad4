import type { Call } from '../../core/contracts/index.ts';
import { membersOf } from './json-members.ts';

/** These members of a JSON body as a body of their own, each as it was written. @param instead written in their place */
export function pickMembers(
  call: Call,
  names: readonly string[],
  instead: Readonly<Record<string, string>> = {},
): Buffer {
  const spans = membersOf(call, names)?.spans;
  const written = names.flatMap((name) => {
    const span = spans?.get(name);
    const echo = call.echo?.[name];
    const own = echo === undefined ? undefined : JSON.stringify(echo);
    const value = instead[name] ?? own ?? (span && call.raw.toString('utf8', span.start, span.end));
    return value === undefined ? [] : [`${JSON.stringify(name)}:${value}`];
  });
  return Buffer.from(`{${written.join(',')}}`);
}
