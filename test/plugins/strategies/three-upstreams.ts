import type { Test } from 'tap';
import { startSwitchyard } from '../../switchyard.ts';
import { chance } from '../../injected-strategy.ts';
import { startUpstream, type Upstream } from '../../upstream/upstream.ts';

export async function threeUpstreams(
  t: Test,
  use: string,
  more: Record<string, unknown> = {},
  each: Record<string, Record<string, unknown>> = {},
) {
  const upstreams = await Promise.all(['a', 'b', 'c'].map((name) => startUpstream({ name, interval: 0 })));
  t.teardown(() => Promise.all(upstreams.map((upstream) => upstream.close())));
  const providers = Object.fromEntries(
    upstreams.map(({ url }, at) => [
      'abc'[at],
      { use: 'openai-compatible', baseUrl: url, models: { m: 'm' }, ...each['abc'[at]!] },
    ]),
  );
  const models = {
    m: { strategy: { use }, targets: Object.keys(providers).map((provider) => ({ provider })) },
  };
  const switchyard = await startSwitchyard(t, { providers, models, ...more }, { random: chance(5) });
  const asked = async (times: number): Promise<number[]> => {
    for (let turn = 0; turn < times; turn++) {
      const { status } = await switchyard.chat({ stream: turn % 2 === 0 });
      if (status !== 200) t.fail(`request ${turn}: ${status}`);
    }
    return upstreams.map(({ posts }) => posts.length);
  };
  return { upstreams: upstreams as [Upstream, Upstream, Upstream], asked, switchyard };
}
