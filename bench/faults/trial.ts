import { wait } from '../clock.ts';
import type { Sample } from '../experiment.ts';
import type { Seen } from './client.ts';
import { Load } from './load.ts';
import type { Scene, Times } from './scenes.ts';
import type { Cast } from './stand.ts';
import type { Upstream } from './upstream.ts';

/** How many answers in a row show a share. */
const window = 40;

/** Runs a scene with one strategy: calm, fault, and calm again until the recovered upstreams have their share. */
export async function trial(
  url: string,
  scene: Scene,
  cast: Cast,
  times: Times,
  seed: number,
): Promise<Sample> {
  const troubled = [...cast.troubled.values()];
  const names = new Set(troubled.map(({ name }) => name));
  const load = new Load(url, scene.name, times.rate, seed);
  await wait(times.calm);
  const before = share(load.seen, names);
  const from = performance.now();
  await Promise.all([...cast.troubled].map(([fault, upstream]) => upstream.suffer(fault)));
  await wait(times.circuit);
  const to = performance.now();
  await Promise.all(troubled.map((upstream) => upstream.recover()));
  const back = await untilBack(load, to, before / 2, names, times.recovery);
  await load.stop();
  const lost = load.seen.find(({ ending }) => ending === 'failed' || ending === 'silent');
  if (lost) console.error(`${scene.name}, the first that is lost: ${lost.why}`);
  return {
    ...counts(load.seen, troubled),
    wasted: wasted(load.seen, troubled, cast.troubled.has('refuse')),
    troubled: load.seen.filter(({ asked }) => asked >= from && asked < to).length,
    before,
    back,
  };
}

function counts(seen: readonly Seen[], troubled: readonly Upstream[]): Sample {
  const ended = (ending: Seen['ending']): number => seen.filter((one) => one.ending === ending).length;
  const early = seen.filter(({ number }) => troubled.some(({ leftEarly }) => leftEarly.has(number)));
  const times = seen.map(({ asked, ended: over }) => over - asked).sort((a, b) => a - b);
  return {
    requests: seen.length,
    failed: ended('failed'),
    told: ended('told'),
    silent: ended('silent'),
    early: early.length,
    moved: early.filter(({ ending }) => ending === 'whole').length,
    p99: times[Math.floor(times.length * 0.99)],
  };
}

/** Refusals of the one that refused most, by its own count; only the gateway can count refused connections. */
function wasted(seen: readonly Seen[], troubled: readonly Upstream[], isRefusing: boolean): number {
  const refused = Math.max(...troubled.map((upstream) => upstream.refused));
  const isProbing = isRefusing && troubled.length === 1;
  return isProbing ? seen.reduce((sum, { attempts }) => sum + attempts - 1, 0) : refused;
}

/** The share of some upstreams in the last answers, 0 to 1. */
function share(seen: readonly Seen[], names: ReadonlySet<string>): number {
  const last = seen.slice(-window);
  return last.filter(({ by }) => by !== undefined && names.has(by)).length / Math.max(1, last.length);
}

/** Seconds until they have that share of the answers to requests sent since; the limit, where they never reach it. */
async function untilBack(
  load: Load,
  since: number,
  enough: number,
  names: ReadonlySet<string>,
  limit: number,
): Promise<number> {
  while (performance.now() < since + limit) {
    const seen = load.seen.filter(({ asked }) => asked >= since);
    if (seen.length >= window && share(seen, names) >= enough) break;
    await wait(20);
  }
  return (performance.now() - since) / 1_000;
}
