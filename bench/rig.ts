import type { ChildProcess } from 'node:child_process';
import { startLoad, type Job, type Load } from './load.ts';
import type { Peer } from './peer.ts';
import { isMeasured, rss } from './proc.ts';
import { stop } from './processes.ts';
import { startPeer, startUpstream, tryOut } from './stand.ts';
import { watch, type Watched } from './watch.ts';

export interface UpstreamStats {
  requests: number;
  bytes: number;
  aborted: number;
  inflight: number;
}

/** A fresh upstream, a fresh peer before it and fresh load generators, each a process of its own. */
export interface Rig {
  /** Origin of the peer; of the upstream where there is none. */
  readonly url: string;
  /** The peer's process. */
  readonly pid: number | undefined;
  /** Runs a job in the load generator of that kind; the second time in the same process, warm. */
  load<Result>(kind: 'json' | 'streams', job: Job): Promise<Result>;
  /** The same, with its cost in the peer. */
  watch<Result>(kind: 'json' | 'streams', job: Job): Promise<Watched<Result>>;
  /** Resident memory of the peer's process tree, MiB; undefined where there is none or it can not be measured. */
  rss(): number | undefined;
  upstream(): Promise<UpstreamStats>;
}

/**
 * Sets everything up, lets `work` measure, and takes everything down whatever happens.
 * @param isSecure the peer asks its upstream by TLS
 */
export async function withRig<T>(
  peer: Peer,
  node: readonly string[],
  work: (rig: Rig) => Promise<T>,
  isSecure = false,
): Promise<T> {
  const children: ChildProcess[] = [];
  try {
    const upstream = await startUpstream(node, children);
    const asked = isSecure ? upstream.secure : upstream.plain;
    const gateway = await startPeer(peer, node, asked, children);
    const url = gateway?.url ?? asked;
    await tryOut(url);
    const measured = isMeasured ? gateway?.pid : undefined;
    const loads = new Map<string, Load>();
    const run = <Result>(kind: 'json' | 'streams', job: Job): Promise<Result> => {
      const load = loads.get(kind) ?? startLoad(kind, node, children);
      loads.set(kind, load);
      return load({ ...job, url });
    };
    return await work({
      url,
      pid: gateway?.pid,
      load: run,
      watch: (kind, job) => watch(measured, () => run(kind, job)),
      rss: () => (measured === undefined ? undefined : rss(measured)),
      upstream: async () => (await (await fetch(`${upstream.plain}/stats`)).json()) as UpstreamStats,
    });
  } finally {
    await Promise.all(children.map(stop));
  }
}
