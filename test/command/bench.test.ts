import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { root } from '../../gateway.ts';
import { run, type Ran } from './run.ts';

/** Its packages are not fetched for a test. */
const skip = existsSync(join(root, 'bench/node_modules')) ? false : 'bench/ is not installed';
const results = (): string => readFileSync(join(root, 'bench/RESULTS.md'), 'utf8');

const bench = (...args: string[]): Promise<Ran> =>
  run(['bench', ...args], { file: 'command/switchyard.mjs' });

t.test('a quick run measures, loses nothing and records nothing', { skip, timeout: 300_000 }, async (t) => {
  const before = results();
  const { code, stdout, stderr } = await bench('--quick', '--only', 'streams');
  t.equal(code, 0, stderr);
  t.match(stdout, /^## 32 streams at once$/m);
  for (const peer of ['bare', 'switchyard'])
    t.match(
      stdout,
      // On a busy machine chunks of the bare proxy stall, too.
      new RegExp(`^\\| ${peer} +\\| .*(\\| +0 ){2}\\| +\\d+ \\| +0 \\|$`, 'm'),
      'no chunk is missing or comes twice, all streams end',
    );
  t.match(stdout, /^Nothing was lost\.$/m);
  t.match(stdout, /^- command: npm run bench -- --quick --only streams$/m);
  t.equal(results(), before);
});

t.test('what cannot be measured is reported beside what can', { skip }, async (t) => {
  t.match(await bench('--help'), { code: 0, stdout: /--only NAMES +json, tls, providers/ });
  const nothing = /nothing to measure by --only nothing\n\nnpm run bench/;
  t.match(await bench('--only', 'nothing'), { code: 1, stdout: '', stderr: nothing });
  t.match(await bench('--rounds', '99'), { code: 1, stderr: /--rounds must be 1 to 20, not 99/ });
});
