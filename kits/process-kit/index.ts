/**
 * What runs programs: spawn a process group, probe it, read its output, end all of it; ports, pid files, file locks.
 * The supervisor is written with it.
 */
export { closeCgroup } from './cgroup.ts';
export { minimalEnvironment } from './environment.ts';
export { newMark } from './environment-mark.ts';
export { describeExit, meaningOf, type Exit } from './exit-meaning.ts';
export { locked } from './file-lock.ts';
export { INSTALLED } from './installed.ts';
export { holds, Output } from './output.ts';
export { reap, remember, runBy, type Stood } from './pid-file.ts';
export { fill, fillAll } from './placeholders.ts';
export { choosePort, originOf, strangerOn } from './port.ts';
export { probe } from './probe.ts';
export { endEach, endGroup } from './process-group.ts';
export { processTable, type Row } from './process-table.ts';
export { Tree } from './process-tree.ts';
export { commandOf, stat } from './procfs.ts';
export { runOnce } from './run-once.ts';
export { launch, type Launch, type Running } from './spawn.ts';
