import { fits, GatewayError, inWords } from '../../../kits/toolchain-kit/index.ts';
import { candidates } from './candidates.ts';
import { ask, versionOf } from './interpreter.ts';
import type { Interpreter } from './interpreter.ts';

export interface Found {
  /** runs the program */
  readonly python: Interpreter;
  /** runs pip for it: itself, where it has pip */
  readonly installer: Interpreter;
}

/** The operator's settings for Python on this machine. */
export interface Machine {
  /** the interpreter that the config names */
  readonly configured: string | undefined;
  readonly env: Record<string, string>;
}

interface Search extends Machine {
  readonly provider: string;
  /** '>=3.10', '>=3.10 <3.13' */
  readonly range: string;
  readonly signal: AbortSignal;
  /** commands to try instead of the usual ones */
  readonly commands?: readonly string[];
}

/**
 * The first interpreter that will do and has pip; else one that will do, with the pip of another: many a Debian Python has none.
 * @throws GatewayError toolchain_missing, with what was found instead
 */
export async function findPython(search: Search): Promise<Found> {
  const { range, configured, env, signal, commands = candidates(env) } = search;
  const seen: Interpreter[] = [];
  for (const command of configured === undefined ? commands : [configured]) {
    const interpreter = await ask(command, env, signal);
    if (!interpreter) continue;
    if (suits(interpreter, range) && interpreter.pip) return { python: interpreter, installer: interpreter };
    seen.push(interpreter);
  }
  const python = seen.find((interpreter) => suits(interpreter, range));
  if (!python) throw noPython(search, seen);
  for (const command of commands) {
    const installer = await ask(command, env, signal);
    if (installer && canInstallForOthers(installer)) return { python, installer };
  }
  throw noPip(search, python);
}

function suits({ version, implementation, freeThreaded }: Interpreter, range: string): boolean {
  return version[0] === 3 && fits(version, range) && implementation === 'CPython' && !freeThreaded;
}

const canInstallForOthers = ({ version: [major, minor], pip }: Interpreter): boolean =>
  pip && major === 3 && minor >= 7;

function noPython({ provider, configured, range }: Search, seen: readonly Interpreter[]): GatewayError {
  const found = new Set(seen.map((interpreter) => `${described(interpreter)} (${interpreter.executable})`));
  const searched =
    configured === undefined ? 'found' : `toolchains.python.python names ${configured}, which is`;
  const what =
    found.size > 0 ? [...found].join(', ') : configured === undefined ? 'none' : 'no Python that runs';
  return new GatewayError(
    'toolchain_missing',
    `${provider} needs Python ${inWords(range)}; ${searched} ${what}; install one (https://www.python.org/downloads/) or name one in toolchains.python.python`,
  );
}

function noPip({ provider }: Search, python: Interpreter): GatewayError {
  return new GatewayError(
    'toolchain_missing',
    `${provider} needs pip, which Python ${versionOf(python)} (${python.executable}) lacks, and so do the others here; install it (Debian, Ubuntu: apt install python3-pip) or name another Python in toolchains.python.python`,
  );
}

function described(interpreter: Interpreter): string {
  if (interpreter.freeThreaded) return `${versionOf(interpreter)} without the global lock`;
  return interpreter.implementation === 'CPython'
    ? versionOf(interpreter)
    : `${interpreter.implementation} ${versionOf(interpreter)}`;
}
