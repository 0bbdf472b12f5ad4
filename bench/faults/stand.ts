// One strategy's gateway, and behind it the upstreams of every scene.
import type { ChildProcess } from 'node:child_process';
import { Agent } from 'node:http';
import { configured } from '../configured.ts';
import type { Peer } from '../peer.ts';
import { startPeer } from '../stand.ts';
import { ask } from './client.ts';
import { faults, type Fault, type Scene } from './scenes.ts';
import { Upstream } from './upstream.ts';

/** ms until the first content of a healthy upstream: the faulty one is the one that every strategy prefers before. */
const first = { good: 40, troubled: 20 };

const clocks = { connect: '1s', firstByte: '1s', firstContent: '800ms', idle: '300ms' };

export interface Stand {
  readonly strategy: string;
  readonly url: string;
  readonly casts: ReadonlyMap<Scene, Cast>;
}

/** The upstreams of one scene. */
export interface Cast {
  readonly good: Upstream;
  readonly troubled: ReadonlyMap<Fault, Upstream>;
}

/** Starts it; what is started is added to `children` and closed with `close`. */
export async function startStand(
  strategy: string,
  scenes: readonly Scene[],
  node: readonly string[],
  children: ChildProcess[],
  close: (() => Promise<void>)[],
): Promise<Stand> {
  const start = async (name: string, ms: number): Promise<Upstream> => {
    const upstream = await new Upstream(name, ms).listen();
    close.push(() => upstream.close());
    return upstream;
  };
  const casts = new Map<Scene, Cast>();
  for (const scene of scenes) {
    const good = await start(`well-${scene.name}`, first.good);
    const troubled = new Map<Fault, Upstream>();
    for (const fault of scene.faults)
      troubled.set(fault, await start(`${fault}-${scene.name}`, first.troubled));
    casts.set(scene, { good, troubled });
  }
  const { url } = (await startPeer(peer(strategy, casts), node, '', children))!;
  await warm(url, scenes);
  return { strategy, url, casts };
}

/** The first requests of a process take long. */
async function warm(url: string, scenes: readonly Scene[]): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  for (let number = 0; number < 100; number++)
    await ask({ url, agent, model: scenes[number % scenes.length]!.name, number });
  agent.destroy();
}

const peer = (strategy: string, casts: Stand['casts']): Peer =>
  configured(`faults-${strategy}`, () => config(strategy, casts));

/**
 * Short deadlines for the faulty upstreams, so that a stall shows soon; the healthy one may be late on a busy machine.
 * Wherever the config has a preference, it is for the faulty ones.
 */
function config(strategy: string, casts: Stand['casts']): object {
  const providers: Record<string, object> = {};
  const models: Record<string, object> = {};
  const prices: Record<string, object> = {};
  for (const [{ name }, { good, troubled }] of casts) {
    // A provider with three models is not specialised in one.
    providers[good.name] = provider(good, [name, ...faults].slice(0, 3));
    prices[`${good.name}/m`] = { input: 2, output: 2 };
    for (const upstream of troubled.values()) {
      providers[upstream.name] = { ...provider(upstream, [name]), timeouts: clocks };
      prices[`${upstream.name}/m`] = { input: 1, output: 1 };
    }
    models[name] = {
      targets: [
        ...[...troubled.values()].map((upstream) => ({ provider: upstream.name, model: 'm' })),
        { provider: good.name, model: 'm', priority: 1 },
      ],
    };
  }
  return {
    strategy: { use: strategy, ...(strategy === 'least-cost' ? { prices } : {}) },
    providers,
    models,
  };
}

const provider = ({ url }: Upstream, names: readonly string[]): object => ({
  use: 'openai-compatible',
  baseUrl: url,
  models: Object.fromEntries(names.map((name) => [name, 'm'])),
});
