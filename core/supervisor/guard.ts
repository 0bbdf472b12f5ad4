import { spawn } from 'node:child_process';
import { minimalEnvironment } from './environment.ts';

/** Waits for the end of its own input, which comes when the gateway is gone, however it went. */
const SCRIPT = 'read -r _; kill -s TERM -- "-$1"; sleep 2; kill -s KILL -- "-$1"';

/**
 * Takes a process group along when the gateway dies, SIGKILL included: a program cannot be relied on to notice.
 * @returns calls it off
 */
export function guard(leader: number): () => void {
  if (process.platform === 'win32') return () => {};
  const sentry = spawn('/bin/sh', ['-c', SCRIPT, 'guard', String(leader)], {
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
