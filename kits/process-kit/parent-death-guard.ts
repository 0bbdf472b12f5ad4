import { spawn } from 'node:child_process';
import { minimalEnvironment } from './environment.ts';
import { inEnvironment } from './environment-mark.ts';

/** Identifies processes that have left the process group. */
export interface Known {
  readonly mark?: string | undefined;
  /** folder of its control group */
  readonly cgroup?: string | undefined;
}

/**
 * Waits for the end of its own input, which comes when the gateway is gone, however it went. Then ends the group $1, and
 * whatever has $2 in its environment or is in the control group $3.
 */
const SCRIPT = `
read -r _
end() {
  kill -s "$1" -- "-$2"
  [ -n "$3" ] && for one in $(grep -lsF -- "$3" /proc/[0-9]*/environ); do
    one=\${one#/proc/}
    kill -s "$1" "\${one%/environ}"
  done
}
end TERM "$1" "$2"
sleep 2
end KILL "$1" "$2"
[ -n "$3" ] || exit
echo 1 > "$3/cgroup.kill"
while ! rmdir "$3" && [ -d "$3" ]; do sleep 1; done
`;

/** Ends a process group when the gateway dies, SIGKILL included: a program may not notice that. @returns cancels it */
export function startDeathGuard(leader: number, { mark, cgroup }: Known = {}): () => void {
  if (process.platform === 'win32') return () => {};
  const words = [String(leader), mark === undefined ? '' : inEnvironment(mark), cgroup ?? ''];
  const sentry = spawn('/bin/sh', ['-c', SCRIPT, 'guard', ...words], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: minimalEnvironment(process.env),
  });
  // Without a shell the note on disk has to do.
  sentry.on('error', () => {});
  sentry.stdin.on('error', () => {});
  sentry.unref();
  (sentry.stdin as unknown as { unref(): void }).unref();
  return () => void sentry.kill('SIGKILL');
}
