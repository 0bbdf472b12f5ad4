import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { wait } from '../clock.ts';
import { told, type Rounds, type Sample, type Study } from '../experiment.ts';
import { streamBody } from '../load/bodies.ts';
import { Connection } from '../load/connection.ts';
import { Frames } from '../load/frames.ts';
import { askProbe, probedPeer } from '../loop-probe.ts';
import { node } from '../node.ts';
import type { Options } from '../options.ts';
import { cpu, isMeasured, rss } from '../proc.ts';
import { stop } from '../processes.ts';
import { middle, total } from '../report/columns.ts';
import { freePort, startPeer, startUpstream } from '../stand.ts';

export const title = '1,000 streams whose upstream is killed';
const STREAMS = 1_000;
/** ms */
const SETTLED = 1_000;

/** What it takes to tell the callers of many streams at once that their upstream is gone. */
export default {
  name: 'cut',
  columns: [
    total('streams', 'streams'),
    total('told', 'told'),
    total('silent', 'not told'),
    middle('first', 'first told ms', 1),
    middle('last', 'last told ms', 1),
    middle('held', 'loop held ms', 1),
    middle('worked', 'of it at work ms', 1),
    middle('cpu', 'CPU µs/stream', 1),
    middle('before', 'RSS before MiB', 1),
    middle('open', 'streaming', 1),
    middle('after', 'after', 1),
  ],
  run,
  faults: (sample) => told(sample, { silent: 'streams were cut and their callers not told' }),
} satisfies Study;

async function run({ isQuick, rounds, withHeapFlags }: Options): Promise<Map<string, Rounds>> {
  const samples: Sample[] = [];
  for (let round = 0; round < rounds; round += 1) {
    console.error(`cut ${round + 1}/${rounds}`);
    const children: ChildProcess[] = [];
    try {
      const { plain } = await startUpstream(node(withHeapFlags), children);
      const [upstream] = children;
      const probe = await freePort();
      const gateway = await startPeer(probedPeer('cut', probe), node(withHeapFlags), plain, children);
      samples.push(await measured(gateway!, probe, upstream!, isQuick ? STREAMS / 10 : STREAMS));
    } finally {
      await Promise.all(children.map(stop));
    }
  }
  return new Map([[title, new Map([['switchyard', samples]])]]);
}

async function measured(
  { url, pid }: { url: string; pid: number },
  probe: number,
  upstream: ChildProcess,
  count: number,
): Promise<Sample> {
  const memory = (): number | undefined => (isMeasured ? rss(pid) : undefined);
  const before = memory();
  const streams = Array.from({ length: count }, () => new Stream(Number(new URL(url).port)));
  await Promise.all(streams.map((stream) => stream.begun));
  const open = memory();
  await askProbe(probe, 'begin');
  await wait(SETTLED);
  const spent = isMeasured ? cpu(pid) : undefined;
  const killed = performance.now();
  upstream.kill('SIGKILL');
  await once(upstream, 'exit');
  const ends = (await Promise.all(streams.map((stream) => stream.ended))).sort((a, b) => a - b);
  const used = spent === undefined ? undefined : cpu(pid) - spent;
  const { held, worked } = await askProbe(probe, 'end');
  await wait(SETTLED);
  const silent = streams.filter((stream) => !stream.isTold).length;
  return {
    streams: count,
    told: count - silent,
    silent,
    first: ends[0]! - killed,
    last: ends.at(-1)! - killed,
    held,
    worked,
    cpu: used === undefined ? undefined : used / count,
    before,
    open,
    after: memory(),
  };
}

/** One stream that would go on for minutes, on a connection of its own. */
class Stream {
  /** Its first content has come. */
  readonly begun: Promise<void>;
  /** when it ended */
  readonly ended: Promise<number>;
  isTold = false;

  constructor(port: number) {
    const work = { streams: 1, waves: 1, chunks: 2_000, interval: 200 };
    const frames = new Frames(work.chunks);
    const connection = new Connection(port);
    const begun = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<number>();
    [this.begun, this.ended] = [begun.promise, ended.promise];
    const end = (reason?: string): void => {
      this.isTold = frames.hasError && reason === undefined;
      begun.reject(new Error(`a stream ended before anything was killed: ${reason}`));
      ended.resolve(performance.now());
      connection.leave();
    };
    const body = (text: string): void => frames.read(text, () => begun.resolve());
    connection.ready().then(
      () => connection.post('/v1/chat/completions', streamBody(work), { body, end }),
      (error: Error) => end(error.message),
    );
  }
}
