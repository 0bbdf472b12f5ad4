// Loaded into a peer by `--import …?port=N`. GET /cpu and GET /bytes there begin to count its processor time or what it
// allocates, and again end it: the answer has the sums by function.
import { Session } from 'node:inspector/promises';
import type { Profiler, HeapProfiler } from 'node:inspector';
import { createServer } from 'node:http';
import { isMainThread } from 'node:worker_threads';
import type { Spent } from './work.ts';

/** µs between two samples of the processor, and bytes between two of the heap */
const [EVERY_US, EVERY_BYTES] = [200, 8_192];

const session = new Session();
const under = new Set<string>();

const jobs: Record<string, { begin(): Promise<unknown>; end(): Promise<readonly Spent[]> }> = {
  '/cpu': {
    begin: async () => {
      await session.post('Profiler.enable');
      await session.post('Profiler.setSamplingInterval', { interval: EVERY_US });
      await session.post('Profiler.start');
    },
    end: async () => cpuOf((await session.post('Profiler.stop')).profile),
  },
  '/bytes': {
    begin: () =>
      session.post('HeapProfiler.startSampling', {
        samplingInterval: EVERY_BYTES,
        includeObjectsCollectedByMajorGC: true,
        includeObjectsCollectedByMinorGC: true,
      }),
    end: async () => bytesOf((await session.post('HeapProfiler.stopSampling')).profile.head),
  },
};

function cpuOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): readonly Spent[] {
  const calls = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  return samples.flatMap((id, at) => {
    const { functionName: name, url } = calls.get(id)!;
    return name === '(idle)' ? [] : [{ name, url, amount: timeDeltas[at] ?? 0 }];
  });
}

function bytesOf({ callFrame, selfSize, children }: HeapProfiler.SamplingHeapProfileNode): readonly Spent[] {
  const { functionName: name, url } = callFrame;
  return [{ name, url, amount: selfSize }, ...children.flatMap(bytesOf)];
}

/** One entry for each function. */
function summed(all: readonly Spent[]): readonly Spent[] {
  const sums = new Map<string, Spent>();
  for (const { name, url, amount } of all) {
    const key = `${url} ${name}`;
    sums.set(key, { name, url, amount: (sums.get(key)?.amount ?? 0) + amount });
  }
  return [...sums.values()];
}

async function answer(url: string): Promise<readonly Spent[]> {
  const job = jobs[url]!;
  const isUnder = under.delete(url);
  if (isUnder) return summed(await job.end());
  under.add(url);
  await job.begin();
  return [];
}

// Its other threads load this, too.
if (isMainThread) {
  session.connect();
  createServer((request, response) => {
    void answer(request.url!).then((spent) => response.end(JSON.stringify(spent)));
  })
    .listen(Number(new URL(import.meta.url).searchParams.get('port')), '127.0.0.1')
    .unref();
}
