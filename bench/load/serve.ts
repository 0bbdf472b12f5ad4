import type { Job } from '../load.ts';

/** Answers each job of the parent with what `run` returns, and ends with the parent. */
export function serve<Work>(run: (job: Job & Work & { url: string }) => Promise<unknown>): void {
  process.on('message', (job: Job & Work & { url: string }) => {
    run(job).then(
      (result) => process.send?.({ result }),
      (error: Error) => process.send?.({ error: error.stack }),
    );
  });
  process.once('disconnect', () => process.exit());
}
