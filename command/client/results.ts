import { Progress } from './progress.ts';
import { show, type Run } from './subcommand.ts';
import { table } from './table.ts';

/** The result for one provider. */
export interface Result {
  readonly provider: string;
  readonly ok: boolean;
  readonly state: string;
  readonly detail: string;
}

type Work = (name: string, tell: (line: string) => void) => Promise<Result>;

/**
 * Acts on all at once. A person sees progress and a table at the end, a program one line for each result; the exit code
 * says whether all succeeded.
 */
export async function forEach(given: Run, names: readonly string[], work: Work): Promise<void> {
  const progress = new Progress(names.length);
  const isSummed = given.people || given.options.json;
  const one = async (name: string): Promise<Result> => {
    progress.tell(name, 'begins');
    const result = await work(name, (line) => progress.tell(name, line));
    progress.done(name);
    if (!isSummed) given.print(table([], [row(result)], false));
    return result;
  };
  const results = await Promise.all(names.map(one)).finally(() => progress.clear());
  const ok = results.every((result) => result.ok);
  if (isSummed)
    show(given, { ok, results }, () => table(['provider', 'state', 'what'], results.map(row), given.people));
  if (!ok) process.exitCode = 1;
}

const row = ({ provider, ok, state, detail }: Result): string[] => [
  provider,
  ok ? state : `${state} (failed)`,
  detail,
];
