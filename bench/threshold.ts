// `node bench/threshold.ts`: the size from which it pays to translate a body in a worker thread. The measure is how
// long the event loop is blocked; handing a body over blocks it, too.
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { convertRequest } from '../core/translation/convert-body.ts';
import { FormatRegistry } from '../core/translation/format-registry.ts';
import { dialects, translations } from '../plugins/surfaces/openai/formats.ts';
import { partsBody } from './load/bodies.ts';

const module = new URL('../plugins/surfaces/openai/formats.ts', import.meta.url).href;
const modules = [module];
const formats = new FormatRegistry();
formats.add(dialects, translations, module);
const filename = fileURLToPath(new URL('../plugins/workers/work.ts', import.meta.url));
const pool = new Piscina({ filename, minThreads: 1, maxThreads: 1 });

console.log('| KiB | here, ms held up | elsewhere, ms held up | elsewhere, ms until it is there |');
console.log('| ---: | ---: | ---: | ---: |');
for (const kib of [16, 64, 128, 256, 512, 1_024, 2_048, 5_120]) {
  const raw = Buffer.from(partsBody(kib * 1_024));
  const job = {
    raw,
    surface: 'chat',
    translation: undefined,
    drops: 'refuse' as const,
    said: {},
    flat: true,
    names: [],
  };
  const times = Math.max(10, Math.ceil(20_000 / kib));
  const here = await held(times, async () => void convertRequest(job, formats));
  const there = await held(times, () => pool.run({ job, modules }, { name: 'request' }));
  console.log(`| ${kib} | ${here.busy.toFixed(2)} | ${there.busy.toFixed(2)} | ${there.took.toFixed(2)} |`);
}
await pool.destroy();

/** ms of work of this thread, and ms until it was done, each time. */
async function held(times: number, work: () => Promise<unknown>): Promise<{ busy: number; took: number }> {
  for (let nth = 0; nth < 5; nth += 1) await work();
  const cpu = process.threadCpuUsage();
  const start = performance.now();
  for (let nth = 0; nth < times; nth += 1) await work();
  const took = (performance.now() - start) / times;
  const used = process.threadCpuUsage(cpu);
  return { busy: (used.user + used.system) / 1e3 / times, took };
}
