import { execFile } from 'node:child_process';
import { root } from '../../gateway.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Given {
  /** beside PATH and HOME */
  readonly env?: Readonly<Record<string, string>>;
  /** what is piped in */
  readonly input?: string;
  readonly file?: string;
  /** where the gateway's own files are; undefined: the project's root */
  readonly cwd?: string;
}

/** The real command, as a process of its own. */
export function run(
  args: readonly string[],
  { env = {}, input = '', file = 'command/client.ts', cwd = root }: Given = {},
): Promise<Ran> {
  const { PATH = '', HOME = '' } = process.env;
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [file, ...args],
      { cwd, env: { PATH, HOME, ...env } },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}
