import { availableParallelism } from 'node:os';
import { isPinned } from './processes.ts';

/** Heap flags every Node process of the bench gets alike, those of `npm start`: see ../runtime/launch.mjs. */
export const heapFlags: readonly string[] = [
  '--min-semi-space-size=16',
  '--max-semi-space-size=32',
  '--initial-old-space-size=256',
  '--expose-gc',
];

/** What `npm start` adds where there is one core, as there is for each peer. */
export const oneCoreFlags: readonly string[] =
  isPinned || availableParallelism() === 1 ? ['--no-concurrent-marking', '--no-parallel-scavenge'] : [];

/** This Node with the flags, or as it comes. */
export const node = (withHeapFlags: boolean): string[] => [
  process.execPath,
  ...(withHeapFlags ? heapFlags : []),
];

/** The same for a peer. */
export const peersNode = (command: readonly string[]): readonly string[] =>
  command.length > 1 ? [...command, ...oneCoreFlags] : command;
