/** Heap flags every Node process of the bench gets alike: larger young generation, no full collections at start. */
export const heapFlags: readonly string[] = [
  '--min-semi-space-size=16',
  '--max-semi-space-size=32',
  '--initial-old-space-size=256',
];

/** This Node with the flags, or as it comes. */
export const node = (withHeapFlags: boolean): string[] => [
  process.execPath,
  ...(withHeapFlags ? heapFlags : []),
];
