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
  /** requests that wait for it */
  waiting: number;
}

const open = new Map<string, Asking>();
const PATIENCE = 10_000;

/**
 * What a tool writes when it is asked for something small, such as its version. The same question asked several times at
 * once, as by all programs of one toolchain, shares one process, which ends when the last of them leaves.
 * @returns undefined: it is not there, or does not work
 */
export async function askTool(question: Question, signal: AbortSignal): Promise<string | undefined> {
  signal.throwIfAborted();
  const key = JSON.stringify(question);
  let shared = open.get(key);
  if (!shared) open.set(key, (shared = begin(question, () => open.delete(key))));
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
