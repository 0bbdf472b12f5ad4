import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Fake {
  version?: string;
  pip?: boolean;
  implementation?: string;
  /** shell commands in the place of pip; `$LIB` is where it is to install */
  installs?: string;
  /** shell commands in the place of the check */
  checks?: string;
}

/** Puts a shell script into a folder that answers as a Python would. @returns its path */
export function fakePython(folder: string, name: string, fake: Fake = {}): string {
  const {
    version = '3.12.1',
    pip = true,
    implementation = 'CPython',
    installs = 'mkdir -p "$LIB"',
    checks = 'exit 0',
  } = fake;
  const executable = join(folder, name);
  const answer = {
    executable,
    version: version.split('.').map(Number),
    implementation,
    pip,
    freeThreaded: false,
    host: 'x86_64-pc-linux-musl',
  };
  const script = `#!/bin/sh
LIB=$5
case "$1 $2" in
  "-m pip") ${installs} ;;
  *sysconfig*) echo '${JSON.stringify(answer)}' ;;
  *) ${checks} ;;
esac
`;
  writeFileSync(executable, script);
  chmodSync(executable, 0o755);
  return executable;
}
