// SSE load: `streams` connections, each asking for `waves` streams one after the other, their starts spread over one stream's length.
import { setMaxListeners } from 'node:events';
import { wait } from '../clock.ts';
import { streamBody } from './bodies.ts';
import { Connection } from './connection.ts';
import { serve } from './serve.ts';
import { follow } from './stream.ts';
import { Tally } from './tally.ts';
import type { StreamsResult, StreamsWork } from './work.ts';

serve(async (job: StreamsWork & { url: string; limit: number }): Promise<StreamsResult> => {
  const tally = new Tally();
  const deadline = new AbortController();
  setMaxListeners(0, deadline.signal);
  const late = setTimeout(() => deadline.abort(), job.limit);
  const length = (job.chunks + 1) * job.interval;
  const lanes = Array.from({ length: job.streams }, (_, index) =>
    job.burst
      ? opened(job, Math.floor(index / job.burst.streams) * job.burst.every, tally, deadline.signal)
      : lane(job, (index * length) / job.streams, tally, deadline.signal),
  );
  await Promise.all(lanes);
  clearTimeout(late);
  return tally.result();
});

// Connections are open before the clock starts: what is measured is the gateway, not the listen queue.
async function lane(
  job: StreamsWork & { url: string },
  delay: number,
  tally: Tally,
  signal: AbortSignal,
): Promise<void> {
  const port = Number(new URL(job.url).port);
  const body = streamBody(job);
  let connection = new Connection(port);
  await Promise.all([connection.ready(), wait(delay)]);
  for (let wave = 0; wave < job.waves && !signal.aborted; wave += 1) {
    if (!connection.isUsable) {
      connection = new Connection(port);
      await connection.ready();
    }
    await follow(connection, body, job, tally, signal);
  }
  connection.leave();
}

// Here the listen queue is what is measured: each stream opens a connection of its own.
async function opened(
  job: StreamsWork & { url: string },
  delay: number,
  tally: Tally,
  signal: AbortSignal,
): Promise<void> {
  await wait(delay);
  const connection = new Connection(Number(new URL(job.url).port));
  try {
    await connection.ready(signal);
  } catch (error) {
    tally.fail(signal.aborted ? 'not connected in time' : (error as Error).message);
    tally.add({ streams: 1, missing: job.chunks, withoutDone: 1 });
    return connection.leave();
  }
  await follow(connection, streamBody(job), job, tally, signal);
  connection.leave();
}
