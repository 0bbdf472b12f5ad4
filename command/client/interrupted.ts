import { EXIT, Failure } from './fail.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs a long task: Ctrl-C ends it in good order.
 * @param meanwhile the state after an interruption, as a sentence
 */
export async function interruptible<T>(
  run: (signal: AbortSignal) => Promise<T>,
  meanwhile: string,
): Promise<T> {
  const left = new AbortController();
  const leave = () => left.abort();
  for (const name of SIGNALS) process.on(name, leave);
  try {
    return await run(left.signal);
  } catch (error) {
    if (left.signal.aborted) throw new Failure(`interrupted; ${meanwhile}`, EXIT.interrupted);
    throw error;
  } finally {
    for (const name of SIGNALS) process.off(name, leave);
  }
}
