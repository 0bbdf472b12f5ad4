import { setTimeout as sleep } from 'node:timers/promises';
import type { LogLine } from './answers.ts';
import { dataOf } from './event-stream.ts';
import { EXIT, Failure } from './fail.ts';
import { interruptible } from './interrupted.ts';
import type { Run, Subcommand } from './subcommand.ts';
import { oneLine } from './table.ts';

/** How often a lost gateway is tried again, and ms between two tries. */
const TRIES = 10;
const TRY_EVERY = 500;

export const logs: Subcommand = {
  name: 'logs',
  takes: 'NAME [-f] [--lines N] [--search TEXT]',
  does: "shows a program's output; -f follows it",
  about:
    'With --json one line is one JSON object: { "n", "at", "line" }. -f continues after a restart of the gateway.',
  words: [1, 1],
  options: { lines: 'N', search: 'TEXT' },
  flags: { follow: 'f' },
  completes: 'providers',
  async run(given) {
    const { lines, search, follow } = given.options;
    const query = new URLSearchParams({
      ...(typeof lines === 'string' ? { lines } : {}),
      ...(typeof search === 'string' ? { search } : {}),
    });
    const path = `/providers/${encodeURIComponent(given.args[0] as string)}/logs`;
    if (follow)
      return interruptible(
        (signal) => followed(given, path, query, signal),
        'the program keeps running',
      ).catch(quietly);
    const { data } = await given.gateway.ask<{ data: LogLine[] }>('GET', `${path}?${query}`);
    for (const line of data) write(given, line);
  },
};

/** Ctrl-C is the normal way to stop following. */
function quietly(error: Error): void {
  if (!(error instanceof Failure) || error.exit !== EXIT.interrupted) throw error;
}

async function followed(
  given: Run,
  path: string,
  query: URLSearchParams,
  signal: AbortSignal,
): Promise<void> {
  query.set('follow', 'true');
  let last: number | undefined;
  for (let misses = 0; misses < TRIES; misses++) {
    try {
      const headers = last === undefined ? {} : { 'last-event-id': String(last) };
      const { body } = await given.gateway.send('GET', `${path}?${query}`, undefined, { headers, signal });
      misses = 0;
      for await (const data of dataOf(body ?? new ReadableStream())) {
        const line = JSON.parse(data) as LogLine;
        if (typeof line.line !== 'string') continue;
        last = line.n;
        write(given, line);
      }
    } catch (error) {
      signal.throwIfAborted();
      const gone = !(error instanceof Failure) || error.exit === EXIT.unreachable;
      if (!gone || last === undefined || misses === TRIES - 1) throw error;
    }
    await sleep(TRY_EVERY, undefined, { signal });
  }
}

function write({ options, people, print }: Run, line: LogLine): void {
  if (options.json) return print(`${JSON.stringify(line)}\n`);
  const clock = people ? `${new Date(line.at).toTimeString().slice(0, 8)} ` : '';
  print(`${clock}${oneLine(line.line)}\n`);
}
