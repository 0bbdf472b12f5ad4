// One timer for all streams: thousands of setTimeouts would make the upstream the bottleneck.
const size = 1024;
const slots: Entry[][] = Array.from({ length: size }, () => []);
let reached = 0;
let waiting = 0;
let timer: NodeJS.Timeout | undefined;

interface Entry {
  due: number;
  interval: number;
  tick: () => boolean;
}

/** Calls `tick` every `interval` ms (1 to 1000), on a fixed schedule, until it answers false. */
export function every(interval: number, tick: () => boolean): void {
  const now = Math.floor(performance.now());
  if (timer === undefined) {
    reached = now;
    timer = setInterval(turn, 1);
  }
  const step = Math.min(Math.max(1, Math.round(interval)), size - 24);
  put({ due: Math.max(now, reached) + step, interval: step, tick });
}

function put(entry: Entry): void {
  slots[entry.due % size]?.push(entry);
  waiting += 1;
}

function turn(): void {
  const now = Math.floor(performance.now());
  while (reached < now) {
    reached += 1;
    run(reached % size);
  }
  if (waiting > 0) return;
  clearInterval(timer);
  timer = undefined;
}

function run(slot: number): void {
  const entries = slots[slot] ?? [];
  slots[slot] = [];
  waiting -= entries.length;
  for (const entry of entries) {
    if (!entry.tick()) continue;
    entry.due += entry.interval;
    put(entry);
  }
}
