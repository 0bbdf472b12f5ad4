import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const NEWEST_FIRST = [14, 13, 12, 11, 10];

/** Where package managers put interpreters even if the PATH does not say so. */
const USUAL = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];

/** Interpreters that may be on this machine, the likeliest first: as commands, found on the PATH or named in full. */
export function candidates(
  env: Readonly<Record<string, string>>,
  usual: readonly string[] = USUAL,
): string[] {
  const names = ['python3', ...NEWEST_FIRST.map((minor) => `python3.${minor}`), 'python'];
  if (process.platform === 'win32') return [...names, 'py'];
  const home = env.HOME ?? '';
  return [
    ...names,
    ...interpretersIn(join(env.PYENV_ROOT ?? join(home, '.pyenv'), 'versions')),
    ...interpretersIn(join(home, '.local/share/uv/python')),
    ...usual.flatMap((folder) => names.map((name) => join(folder, name))),
  ];
}

function interpretersIn(folder: string): string[] {
  try {
    const versions = readdirSync(folder).sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
    return versions.map((version) => join(folder, version, 'bin', 'python3'));
  } catch {
    return [];
  }
}
