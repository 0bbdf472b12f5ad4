import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { minimalEnvironment } from '../../../kits/process-kit/index.ts';

/** How the operator reaches repositories: git's own settings, keys held by agents, proxies, certificates. */
const REACHING =
  /^(GIT_\w+|SSH_\w+|(HTTPS?|ALL|NO)_PROXY|SSL_CERT_(FILE|DIR)|CURL_CA_BUNDLE|XDG_(CONFIG_HOME|RUNTIME_DIR)|USER|LOGNAME|DISPLAY)$/i;

/** Variables that would make git work on another repository than the one that is meant: a hook's environment has them. */
const ELSEWHERE =
  /^GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|NAMESPACE|COMMON_DIR|PREFIX)$/;

/** The operator's own access to repositories, without providers' secrets. Asked for a password, git fails instead of waiting. */
export function gitEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  folder: string,
): Record<string, string> {
  const reaching = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && REACHING.test(entry[0]) && !ELSEWHERE.test(entry[0]),
  );
  return {
    ...minimalEnvironment(env),
    ...Object.fromEntries(reaching),
    GIT_TERMINAL_PROMPT: '0',
    // Else git takes a folder without a repository for a part of the one around it.
    GIT_CEILING_DIRECTORIES: dirname(folder),
    LC_ALL: 'C',
  };
}

/** Git's answer about the repository in a folder; undefined: it fails. Changes nothing. */
export async function askGit(
  folder: string,
  question: readonly string[],
  { env, signal }: { env: Readonly<Record<string, string>>; signal: AbortSignal },
): Promise<string | undefined> {
  const command = ['--no-optional-locks', '-c', 'safe.directory=*', '-C', folder, ...question];
  try {
    const { stdout } = await promisify(execFile)('git', command, { env, signal, maxBuffer: 2 ** 26 });
    return stdout.trim();
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
