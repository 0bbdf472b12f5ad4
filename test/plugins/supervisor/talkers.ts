import type { ProcessState } from '../../../core/contracts/index.ts';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import type { Supervisor } from '../../../plugins/supervisor/supervisor.ts';
import { startSwitchyard, type Answer, type Switchyard } from '../../switchyard.ts';
import { testFolder } from '../../test-folder.ts';

/** What the config says of one talking program; its name is what it answers with. */
export function talker(name: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  const { env, ...rest } = more;
  return {
    use: 'process',
    command: [process.execPath, join(import.meta.dirname, 'talker.mjs')],
    env: { PORT: '{port}', NAME: name, ...(env as Record<string, string>) },
    probe: { path: '/health', every: '200ms' },
    start: 'on-demand',
    grace: '200ms',
    models: { m: 'm' },
    ...rest,
  };
}

/** A gateway whose model `m` is answered by these programs, in this order of priority. */
export function switchyardOf(
  t: Test,
  programs: Record<string, Record<string, unknown>>,
  more: Record<string, unknown> = {},
): Promise<Switchyard> {
  const providers = Object.fromEntries(
    Object.entries(programs).map(([name, said]) => [name, talker(name, said)]),
  );
  const targets = Object.keys(programs).map((provider, priority) => ({ provider, model: 'm', priority }));
  return startSwitchyard(t, {
    home: testFolder(t, {}),
    providers,
    models: { m: { strategy: { use: 'priority' }, targets } },
    ...more,
  });
}

export const ask = (
  switchyard: Switchyard,
  content: string,
  more: Record<string, unknown> = {},
): Promise<Answer> => switchyard.chat({ messages: [{ role: 'user', content }], ...more });

export const programOf = (switchyard: Switchyard, name: string): Supervisor =>
  switchyard.gateway.upstreams.get(name)!.process as Supervisor;

/** Waits for a condition, as long as the test has time. */
export async function until(is: () => unknown): Promise<void> {
  while (!is()) await sleep(5);
}

export const reasonFor = ({ history }: Supervisor, state: ProcessState): string | undefined =>
  history.findLast((change) => change.state === state)?.reason;
