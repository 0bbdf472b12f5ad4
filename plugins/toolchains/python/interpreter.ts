import { dirname } from 'node:path';
import { askTool, versionText } from '../../../kits/toolchain-kit/index.ts';

/** An interpreter by its own answers. */
export interface Interpreter {
  readonly executable: string;
  readonly version: readonly [number, number, number];
  readonly implementation: string;
  readonly pip: boolean;
  /** built without the global lock: packages need a build of their own for it */
  readonly freeThreaded: boolean;
  /** machine, system and C library: 'x86_64-pc-linux-gnu' */
  readonly host: string;
}

/** Must run on every Python there is, 2.7 too. */
const QUESTION = `
import json, platform, sys, sysconfig
try:
    from importlib.util import find_spec
    pip = find_spec("pip") is not None
except Exception:
    pip = False
print(json.dumps({
    "executable": sys.executable,
    "version": list(sys.version_info[:3]),
    "implementation": platform.python_implementation(),
    "pip": pip,
    "freeThreaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    "host": sysconfig.get_config_var("HOST_GNU_TYPE") or sys.platform + " " + platform.machine(),
}))
`;

/** @returns undefined: there is none by that name, or it does not work */
export async function ask(
  command: string,
  env: Record<string, string>,
  signal: AbortSignal,
): Promise<Interpreter | undefined> {
  // Python looks for modules in the working directory first, so that must not be a project.
  const cwd = dirname(process.execPath);
  const said = await askTool({ command, words: ['-c', QUESTION], env, cwd }, signal);
  try {
    return said === undefined ? undefined : (JSON.parse(said) as Interpreter);
  } catch {
    return undefined;
  }
}

export const versionOf = ({ version }: Interpreter): string => versionText(version);
