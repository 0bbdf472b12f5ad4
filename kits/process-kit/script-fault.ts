import { accessSync, closeSync, constants, existsSync, openSync, readSync } from 'node:fs';
import { basename, delimiter, isAbsolute, join, resolve } from 'node:path';

interface Ran {
  readonly command: readonly string[];
  readonly cwd?: string | undefined;
  readonly env: Readonly<Record<string, string>>;
}

/** bytes of a file that are read */
const HEAD = 4_096;
const SHELLS = new Set(['sh', 'bash', 'dash', 'ash', 'ksh', 'zsh']);

/**
 * What is wrong with the file of a command that could not be run, or that failed: the system reports a missing script, a
 * missing interpreter and one with a carriage return in the same way.
 * @returns undefined: nothing was found
 */
export function scriptFault({ command, cwd, env }: Ran): string | undefined {
  if (cwd !== undefined && !existsSync(cwd)) return `its working directory ${cwd} is not there`;
  const [program = '', ...words] = command;
  const file = found(program, cwd, env);
  if (file === undefined) return `${program} is not there`;
  if (!canRun(file)) return `${file} must not be run; chmod +x ${file}`;
  const fault = faultIn(file, false);
  if (fault !== undefined || !SHELLS.has(basename(program))) return fault;
  const script = words.find((word) => !word.startsWith('-'));
  return script === undefined || words.includes('-c')
    ? undefined
    : faultIn(resolve(cwd ?? '.', script), true);
}

/** @param read it is given to a shell, which needs no first line that names one */
function faultIn(file: string, read: boolean): string | undefined {
  const text = headOf(file);
  const isMarked = text.startsWith('\xef\xbb\xbf');
  const [line = ''] = text.slice(isMarked ? 3 : 0).split('\n', 1);
  const isScript = line.startsWith('#!');
  if (!isScript && !read) return undefined;
  if (line.endsWith('\r') || (read && text.includes('\r\n')))
    return `${file} has Windows line ends (CR LF), which no shell here can read; make them LF: sed -i 's/\\r$//' ${file}`;
  if (isMarked)
    return `${file} begins with a byte order mark, as Windows editors write it; take it away: sed -i '1s/^\\xef\\xbb\\xbf//' ${file}`;
  const interpreter = /^#!\s*(\S+)/.exec(line)?.[1];
  if (interpreter === undefined || !isAbsolute(interpreter) || existsSync(interpreter)) return undefined;
  return `the first line of ${file} asks for ${interpreter}, which is not there`;
}

/** Where the system finds a program. */
function found(program: string, cwd: string | undefined, env: Ran['env']): string | undefined {
  const folders = program.includes('/') ? [cwd ?? '.'] : (env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders
    .map((folder) => (isAbsolute(program) ? program : join(folder, program)))
    .map((file) => resolve(file))
    .find((file) => existsSync(file));
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function headOf(file: string): string {
  try {
    const handle = openSync(file, 'r');
    try {
      const bytes = Buffer.alloc(HEAD);
      return bytes.toString('latin1', 0, readSync(handle, bytes));
    } finally {
      closeSync(handle);
    }
  } catch {
    return '';
  }
}
