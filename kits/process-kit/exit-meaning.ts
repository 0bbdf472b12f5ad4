import type { ExitMeaning } from '../../core/contracts/index.ts';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** it was started by another process, which alone gets its exit code */
  readonly unseen?: boolean;
  /** why it could not be run at all */
  readonly error?: NodeJS.ErrnoException;
  /** what is wrong with the file that was run, where that could be seen */
  readonly fault?: string | undefined;
}

const MEANING: Readonly<Record<string, string>> = {
  SIGILL: 'the processor lacks an instruction that the program was built for',
  SIGKILL: 'it was killed, often by the system for lack of memory',
  SIGSEGV: 'the program has a fault',
  SIGABRT: 'the program gave up',
};

/** Meanings for any program. */
const COMMON: readonly ExitMeaning[] = [
  {
    says: /address (?:is )?already in use|EADDRINUSE|AddrInUse/i,
    reason: 'its port is in use',
    remedy: 'end that, or give it another port',
    passing: true,
  },
];

/** Why it ended, where that is known. */
export function meaningOf(
  { code }: Exit,
  lines: readonly string[],
  exits: readonly ExitMeaning[] = [],
): ExitMeaning | undefined {
  const written = lines.slice(-40).join('\n');
  return [...exits, ...COMMON].find(
    ({ code: its, says }) => (its === undefined || its === code) && (!says || says.test(written)),
  );
}

/** How a process ended, with its last output. */
export function describeExit(exit: Exit, lines: readonly string[]): string {
  const words = lines.slice(-5).map((line) => line.slice(0, 300));
  return how(exit) + (words.length > 0 ? `; last lines: ${words.join(' | ')}` : '; it wrote nothing');
}

function how({ code, signal, error, fault, unseen }: Exit): string {
  if (unseen) return 'ended, with a code that only the gateway process that started it was told';
  if (error && fault !== undefined) return `could not be run: ${fault}`;
  if (error?.code === 'ENOENT')
    return `could not be run: ${error.path ?? 'the command'} or its working directory is not there`;
  if (error) return `could not be run: ${error.message}`;
  if (signal) return `ended by ${signal}${MEANING[signal] ? ` (${MEANING[signal]})` : ''}`;
  return `exited with code ${code}${fault === undefined ? '' : ` (${fault})`}`;
}
