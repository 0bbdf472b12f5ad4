import { join } from 'node:path';
import type { Test } from 'tap';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSwitchyard, type Switchyard } from '../../switchyard.ts';
import { startUpstream, type Upstream, type UpstreamOptions } from '../../upstream/upstream.ts';
import { testFolder } from '../../test-folder.ts';

export const KEY = 'a-mutual-key-of-peers';

export interface Pair {
  /** a local server of the owner */
  readonly upstream: Upstream;
  /** has the server */
  readonly owner: Switchyard;
  /** uses it as `box` */
  readonly asker: Switchyard;
}

interface Given {
  readonly upstream?: UpstreamOptions;
  readonly provider?: Record<string, unknown>;
  /** further config of each */
  readonly owner?: Record<string, unknown>;
  readonly asker?: Record<string, unknown>;
  /** of the entry for the owner at the asker */
  readonly peer?: Record<string, unknown>;
}

/** Two gateways: the one asks the other, which has a server on its machine. */
export async function pair(
  t: Test,
  { upstream: said, provider, owner, asker, peer }: Given = {},
): Promise<Pair> {
  const upstream = await startUpstream({ interval: 0, ...said });
  t.teardown(() => upstream.close());
  const lab = {
    use: 'openai-compatible',
    baseUrl: upstream.url,
    apiKey: 'upstream-key',
    models: { m: 'm' },
    ...provider,
  };
  const home = testFolder(t, {});
  const own = await startSwitchyard(t, {
    home: join(home, 'owner'),
    unknownModels: 'reject',
    providers: { lab },
    peers: { laptop: { key: KEY } },
    ...owner,
  });
  const asks = await startSwitchyard(t, {
    home: join(home, 'asker'),
    unknownModels: 'reject',
    peers: { box: { url: own.url, key: KEY, ...peer } },
    ...asker,
  });
  return { upstream, owner: own, asker: asks };
}

/** Waits for something that an event brings about, as long as the test has time. */
export async function until(holds: () => unknown): Promise<void> {
  while (!(await holds())) await sleep(5);
}
