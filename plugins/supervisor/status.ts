import type { ProcessSpec } from '../../core/contracts/index.ts';
import { displaySource } from './install/git-clone.ts';
import type { Program } from './program.ts';

/** last lines that a status shows */
const LINES = 20;

/** A local process, as people see it. */
export function describe(
  { history, pid, port, lastExit, progress, log, usage }: Program,
  spec: ProcessSpec,
  restarts: number,
) {
  const { state, reason, atEpochMs } = history.last;
  return {
    state,
    reason,
    since: atEpochMs,
    start: spec.start,
    pid: pid ?? null,
    port: port ?? null,
    restarts,
    lastExit: lastExit ? { at: lastExit.atEpochMs, code: lastExit.code, signal: lastExit.signal } : null,
    progress: progress ? { line: progress.line, since: progress.sinceEpochMs } : null,
    output: log.output.lines.slice(-LINES),
    source: spec.source?.code ? displaySource(spec.source.code) : null,
    toolchain: spec.source?.toolchain ?? null,
    secrets: Object.entries(spec.secrets ?? {}).map(([name, { required, description, value }]) => ({
      name,
      required,
      description,
      given: Boolean(value),
    })),
    notes: spec.notes,
    usage: usage ?? null,
    limits: { memory: spec.limits?.memory ?? null, cpu: spec.limits?.cpu ?? null },
  };
}
