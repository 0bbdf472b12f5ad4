import type { ChildProcess } from 'node:child_process';
import { here } from './peer.ts';
import { start } from './processes.ts';

/** The job of a load generator; each kind has its own options. Every job ends by itself within `limit` ms. */
export interface Job {
  limit: number;
  [word: string]: unknown;
}

/** Gives a job to the generator and waits for its result. */
export type Load = <Result>(job: Job & { url: string }) => Promise<Result>;

/** A load generator in its own process, beside the upstream; it stays warm between jobs. */
export function startLoad(kind: 'json' | 'streams', node: readonly string[], children: ChildProcess[]): Load {
  const child = start([...node, here(`load/${kind}.ts`)], 'rest', {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  children.push(child);
  return (job) =>
    new Promise((resolve, reject) => {
      const fail = (reason: string): void => reject(new Error(`the ${kind} load ${reason}`));
      const ended = (code: number | null): void => fail(`ended with ${code}`);
      const late = setTimeout(() => fail(`was not done within ${job.limit} ms and 10 s`), job.limit + 10_000);
      child.once('exit', ended);
      child.once('message', ({ result, error }: { result: never; error?: string }) => {
        clearTimeout(late);
        child.off('exit', ended);
        if (error === undefined) resolve(result);
        else fail(`failed: ${error}`);
      });
      child.send(job);
    });
}
