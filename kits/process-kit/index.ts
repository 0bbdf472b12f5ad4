/**
 * What runs programs: spawn a process group, probe it, read its output, end all of it; ports, pid files, file locks.
 * The supervisor is written with it.
 */
export { closeCgroup } from './cgroup.ts';
export { minimalEnvironment } from './environment.ts';
export { newMark } from './environment-mark.ts';
export { describeExit, meaningOf, type Exit } from './exit-meaning.ts';
export { withFileLock } from './file-lock.ts';
export { INSTALLED } from './installed.ts';
export { holds, Output } from './output.ts';
export { pauseReading } from './pause-reading.ts';
export { reapOrphans, writePidFile, gatewayRunning, type ProgramFolder } from './pid-file.ts';
export { fillPlaceholders, fillEach } from './placeholders.ts';
export { choosePort, originOf, foreignListener } from './port.ts';
export { probe } from './probe.ts';
export { endEach } from './process-group.ts';
export type { ProcessRow } from './process-table.ts';
export { ProcessTree } from './process-tree.ts';
export { commandOf } from './procfs.ts';
export { runOnce } from './run-once.ts';
export { adoptGroup, spawnGroup, type AdoptedGroup, type SpawnedGroup } from './spawn.ts';
