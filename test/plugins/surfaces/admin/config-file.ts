import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import { startSwitchyardFrom, type Switchyard, type Parsed } from '../../../switchyard.ts';
import { testFolder } from '../../../test-folder.ts';
import { startUpstream } from '../../../upstream/upstream.ts';

export const KEY = 'a-secret-of-the-lab';

export const config = (url: string): string => `# my gateway
home: ./home
discover: false
history: { enabled: false }

providers:
  lab:   { use: openai-compatible, baseUrl: "${url}", apiKey: $LAB_KEY, models: { m: m1, n: n1 } } # the lab
  spare: { use: openai-compatible, baseUrl: "${url}", apiKey: $LAB_KEY, models: { m: m1, both: x } }
  third: { use: openai-compatible, baseUrl: "${url}", models: { both: y } }
models:
  m:
    targets:
      - { provider: lab, weight: 2 } # the better one
      - { provider: spare } # for bad days
  n: { strategy: { use: random }, targets: [{ provider: lab }] }
`;

interface Given {
  readonly name?: string;
  readonly write?: (url: string) => string;
}

/** A gateway from a config file of its own, and that file. */
export async function setting(t: Test, { name = 'switchyard.yaml', write = config }: Given = {}) {
  const upstream = await startUpstream({ name: 'lab', interval: 0 });
  t.teardown(() => upstream.close());
  const folder = testFolder(t, {});
  const file = join(folder, name);
  await writeFile(file, write(upstream.url));
  const start = () => startSwitchyardFrom(t, folder, { env: { LAB_KEY: KEY } });
  const switchyard = await start();
  const text = () => readFile(file, 'utf8');
  return { switchyard, start, folder, file, text, url: upstream.url };
}

/** What each route does now. */
export const inForce = async (switchyard: Switchyard): Promise<Parsed> =>
  (await switchyard.ask('/routes'))
    .json()
    .data.map(({ model, strategy: { use, options }, targets }: Parsed) => ({
      model,
      use,
      options,
      targets: targets.map(({ target, weight, priority }: Parsed) => ({ target, weight, priority })),
    }));
