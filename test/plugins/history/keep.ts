import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { startSwitchyard, type Switchyard } from '../../switchyard.ts';
import { startUpstream, type Upstream } from '../../upstream/upstream.ts';

/** A folder of its own, gone after the test. */
export async function folder(t: Test): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'switchyard-history-'));
  t.teardown(() => rm(made, { recursive: true, force: true }));
  return made;
}

export async function upstream(t: Test, name = 'one'): Promise<Upstream> {
  const started = await startUpstream({ name, interval: 0 });
  t.teardown(() => started.close());
  return started;
}

/** A gateway that keeps its history in `home`, with these upstreams as its providers for the model `m`. */
export function keeping(
  t: Test,
  home: string,
  upstreams: Record<string, Pick<Upstream, 'url'>>,
  config: Record<string, unknown> = {},
): Promise<Switchyard> {
  const providers = Object.entries(upstreams).map(([name, { url }]) => [
    name,
    { use: 'openai-compatible', baseUrl: url, models: { m: 'm', other: 'm' } },
  ]);
  return startSwitchyard(t, {
    home,
    history: {},
    strategy: { use: 'round-robin' },
    breaker: { failures: 1000, minimum: 1000 },
    retry: { again: 0, budget: 1 },
    providers: Object.fromEntries(providers),
    ...config,
  });
}

export interface Listed {
  readonly id: string;
  readonly model: string;
  readonly ending: string | null;
  readonly status: number | null;
}

/** All that a list has, page by page. */
export async function pages(switchyard: Pick<Switchyard, 'ask'>, query = '', limit = 7): Promise<Listed[]> {
  const all: Listed[] = [];
  let before = '';
  for (;;) {
    const page = (await switchyard.ask(`/requests?limit=${limit}&before=${before}&${query}`)).json();
    if (page.error) throw new Error(page.error.message);
    all.push(...page.data);
    if (page.next === null) return all;
    before = page.next;
  }
}

/** Settles once it holds. */
export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = performance.now() + 90_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`still not: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
