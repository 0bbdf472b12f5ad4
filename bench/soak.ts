/**
 * `npm run soak`: the real gateway under mixed load, with faults, reloads, a broken config file, restarts of a local program
 * and of itself, and clients that leave. It fails where a request is lost, a process is left, or something grows.
 *
 *   --minutes N    how long; default: 60
 *   --clients N    at once; default: 12
 *   --pause MS     between an answer and a client's next request; default: 0
 *   --unrecorded   writes no figures into RESULTS.md
 */
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startUpstream } from '../test/upstream/upstream.ts';
import { recordSoak } from './report/record.ts';
import { FAULTS, load, type Counts } from './soak/clients.ts';
import { growth } from './soak/growth.ts';
import { Subject, type Sample } from './soak/subject.ts';

/** ms between two changes of the config */
const CHANGE_EVERY = 3_000;
/** ms until connections that are kept alive, and features that were replaced, have ended */
const CALM = 6_000;
/** Shares of the time: of restarts of the gateway, and when its memory is measured first. */
const RESTARTS = [0.1, 0.25];
const WARM = 0.4;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    clients: { type: 'string', default: '12' },
    pause: { type: 'string', default: '0' },
    unrecorded: { type: 'boolean', default: false },
  },
});
const [minutes, clients, pauseMs] = [values.minutes, values.clients, values.pause].map(Number) as [
  number,
  number,
  number,
];
const upstream = await startUpstream({ name: 'soak', interval: 5 });
const subject = new Subject(upstream.url);
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => process.exit(1));
process.once('exit', () => subject.stop());
await subject.start();

const began = performance.now();
const share = (): number => (performance.now() - began) / (minutes * 60_000);
const isOver = (): boolean => share() >= 1;
const counts: Counts = { whole: 0, told: 0, left: 0, lost: [] };
const changes = { reloads: 0, broken: 0, programs: 0, restarts: 0 };

async function change(): Promise<void> {
  const restarts = [...RESTARTS];
  for (let n = 1; !isOver(); n++) {
    await sleep(CHANGE_EVERY);
    if (n % 5 === 0) {
      subject.breakFile();
      if ((await subject.change('/config/reload')) === undefined) counts.lost.push('a broken file was taken');
      else changes.broken++;
    }
    subject.write(n);
    const refused = await subject.change('/config/reload');
    if (refused === undefined) changes.reloads++;
    else counts.lost.push(`reload: ${refused}`);
    if (n % 3 === 0 && (await subject.change('/providers/local/restart')) === undefined) changes.programs++;
    if (share() >= WARM) warm ??= await subject.live();
    if (restarts[0] === undefined || share() < restarts[0]) continue;
    restarts.shift();
    const failed = await subject.restart();
    if (failed === undefined) changes.restarts++;
    else counts.lost.push(`restart: ${failed}`);
  }
}

let warm: number | undefined;
const samples: Sample[] = [];
const measuring = setInterval(() => samples.push(subject.sample()), Math.max(2_000, minutes * 2_000));
await Promise.all([change(), load({ url: subject.url, upstream, clients, pauseMs, isOver }, counts)]);
clearInterval(measuring);
await sleep(CALM);
const atRest = subject.sample();
const last = await subject.live();
// A short run has no time to warm up.
const live = [warm ?? last, last] as const;
const left = await subject.end();
await upstream.close();
const grown = growth(samples, live);

const args = process.argv.slice(2);
const command = ['npm run soak', ...(args.length > 0 ? ['--', ...args] : [])].join(' ');
const report = `${minutes} minutes (\`${command}\`) on ${new Date().toISOString().slice(0, 10)}: Node ${process.version}, ${cpus().length} cores of ${cpus()[0]?.model}, shared with other work.

${clients} clients at once: JSON, streams, streams translated for Anthropic, bodies of 400 KB, a local program, a provider that refuses, clients that leave; ${FAULTS.length} kinds of faults; a reload that changes features and keys every ${CHANGE_EVERY / 1000} s, some with a broken file before it; restarts of the program and of the gateway.

| requests | |
|---|---|
| answered whole | ${counts.whole} |
| told of an error | ${counts.told} |
| left by the client | ${counts.left} |
| lost | ${counts.lost.length} |
| reloads, broken files | ${changes.reloads}, ${changes.broken} |
| restarts of the program, of the gateway | ${changes.programs}, ${changes.restarts} |
| processes left after the end | ${left.length} |
| memory in use after a full collection, first and last | ${live.join(' and ')} MiB |
| grown | ${grown.join('; ') || 'nothing'} |

| minute | resident memory of the gateway, MiB | open files | threads |
|---|---|---|---|
${[...samples, atRest].map((one) => `| ${one.minute} | ${one.rss} | ${one.files} | ${one.threads} |`).join('\n')}

The last line is at rest, ${CALM / 1000} seconds after the load.
`;
if (!values.unrecorded) recordSoak(report);
process.stdout.write(report);
for (const one of counts.lost.slice(0, 10)) process.stdout.write(`lost: ${one}\n`);
process.exit(counts.lost.length + left.length + grown.length > 0 ? 1 : 0);
