import type { ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { wait } from '../clock.ts';
import { told, type Rounds, type Sample, type Study } from '../experiment.ts';
import { shapes, type Shape } from '../load/shapes.ts';
import { askProbe, probedPeer } from '../loop-probe.ts';
import { node } from '../node.ts';
import type { Options } from '../options.ts';
import { isMeasured, rss } from '../proc.ts';
import { stop } from '../processes.ts';
import { middle, total } from '../report/columns.ts';
import { freePort, startPeer } from '../stand.ts';
import { startCounting } from '../upstream/counting.ts';

export const title = 'Request bodies of 63 MiB in every shape';
const MIB = 1024 * 1024;
const BYTES = 63 * MIB;
/** A short request, before anything is measured. */
const SMALL: Shape = {
  name: 'small',
  path: '/v1/chat/completions',
  type: 'application/json',
  body: Buffer.from('{"model":"m","messages":[{"role":"user","content":"hi"}]}'),
};

/**
 * What one request of about the largest size does to all others: how long it blocks the gateway's event loop at a time,
 * and its peak memory, as a multiple of the body. Its target has another name for the model, so each body is read and
 * changed.
 */
export default {
  name: 'shapes',
  columns: [
    middle('held', 'loop held ms', 1),
    middle('worked', 'of it at work ms', 1),
    middle('memory', 'memory × body', 2),
    middle('took', 'answered in ms'),
    total('failed', 'failed'),
  ],
  run,
  faults: (sample) => told(sample, { failed: 'requests were neither answered nor refused' }),
} satisfies Study;

async function run({ isQuick, rounds, withHeapFlags }: Options): Promise<Map<string, Rounds>> {
  const samples: Rounds = new Map();
  for (let round = 0; round < (isQuick ? 1 : rounds); round += 1) {
    console.error(`shapes ${round + 1}/${rounds}`);
    const children: ChildProcess[] = [];
    const upstream = await startCounting();
    try {
      const probe = await freePort();
      const stand = await startPeer(
        probedPeer('shapes', probe, { m: 'another' }),
        node(withHeapFlags),
        upstream.origin,
        children,
      );
      for (const [name, sample] of await measured(stand!, probe, isQuick ? BYTES / 8 : BYTES))
        samples.set(name, [...(samples.get(name) ?? []), sample]);
    } finally {
      await Promise.all(children.map(stop));
      upstream.close();
    }
  }
  return new Map([[title, samples]]);
}

async function measured({ url, pid }: { url: string; pid: number }, probe: number, bytes: number) {
  for (let warm = 0; warm < 50; warm += 1) await send(url, SMALL);
  const found: [string, Sample][] = [];
  for (const shape of shapes(bytes)) {
    await askProbe(probe, 'begin');
    await wait(200);
    // From here on the peak is this request's.
    if (isMeasured) writeFileSync(`/proc/${pid}/clear_refs`, '5');
    const before = isMeasured ? rss(pid) : 0;
    const began = performance.now();
    const status = await send(url, shape);
    const took = performance.now() - began;
    const memory = isMeasured ? (peak(pid) - before) / (shape.body.length / MIB) : undefined;
    const failed = status === 200 || status === 400 ? 0 : 1;
    found.push([shape.name, { ...(await askProbe(probe, 'end')), memory, took, failed }]);
  }
  return found;
}

/** MiB: proc_pid_status(5) */
const peak = (pid: number): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

function send(url: string, { path, type, body }: Shape): Promise<number> {
  return new Promise((resolve) => {
    const headers = { 'content-type': type, 'content-length': body.length };
    const request = httpRequest(url + path, { method: 'POST', headers, timeout: 120_000 }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(0));
    request.end(body);
  });
}
