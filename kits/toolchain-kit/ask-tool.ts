import { execFile } from 'node:child_process';

interface Question {
  readonly command: string;
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

interface Asking {
  readonly answer: Promise<string | undefined>;
  readonly leave: () => void;
  /** how many wait for it */
  waiting: number;
}

const asking = new Map<string, Asking>();
const PATIENCE = 10_000;

/**
 * What a tool writes when it is asked for something small, such as its version. Several that ask the same at the same
 * time, as all programs of one toolchain do, share one process; it is ended when the last of them leaves.
 * @returns undefined: it is not there, or does not work
 */
export async function askTool(question: Question, signal: AbortSignal): Promise<string | undefined> {
  signal.throwIfAborted();
  const key = JSON.stringify(question);
  let shared = asking.get(key);
  if (!shared) asking.set(key, (shared = begin(question, () => asking.delete(key))));
  shared.waiting++;
  const left = Promise.withResolvers<never>();
  const leave = (): void => {
    if (--shared.waiting === 0) shared.leave();
    left.reject(signal.reason);
  };
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([shared.answer, left.promise]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

function begin({ command, words, env, cwd }: Question, ended: () => void): Asking {
  const abort = new AbortController();
  const settings = { env, signal: abort.signal, timeout: PATIENCE, windowsHide: true, ...(cwd && { cwd }) };
  const answer = new Promise<string | undefined>((resolve) => {
    execFile(command, words, settings, (error, stdout) => {
      ended();
      resolve(error ? undefined : stdout);
    });
  });
  return {
    answer,
    waiting: 0,
    leave: () => {
      ended();
      abort.abort();
    },
  };
}
