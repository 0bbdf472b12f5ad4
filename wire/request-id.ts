let counter = 0;
let prefix = `${Date.now().toString(36)}${Math.floor(Math.random() * 36 ** 4)
  .toString(36)
  .padStart(4, '0')}`;
let shared: Int32Array | undefined;

/** Short, unique over restarts, in the order in which they were made, and a counter's price. */
export function requestId(): string {
  counter = ((shared ? Atomics.add(shared, 0, 1) : counter) + 1) % 0x7fffffff;
  return `req_${prefix}${counter.toString(36).padStart(6, '0')}`;
}

/** What several threads count their requests by. */
export interface SharedIds {
  readonly prefix: string;
  /** one number */
  readonly counter: SharedArrayBuffer;
}

/** From now on this thread counts with others. @param ids of the thread that has begun it */
export function shareIds(ids?: SharedIds): SharedIds {
  const all = ids ?? { prefix, counter: new SharedArrayBuffer(4) };
  prefix = all.prefix;
  shared = new Int32Array(all.counter);
  return all;
}
