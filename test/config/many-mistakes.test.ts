import { join } from 'node:path';
import t from 'tap';
import { parse } from '../../config/file/source.ts';
import { checkText } from '../../config/read.ts';
import { PluginRegistry } from '../../config/plugins/registry.ts';
import { root } from '../../gateway.ts';
import { folderOf, stubs } from './stub-gateway.ts';

const LAB = 'use: openai-compatible, baseUrl: http://127.0.0.1:1/v1';

/** Configs with as many mistakes as there are entries. */
const TABLE: Record<string, [entry: (at: number) => string, around?: (entries: string) => string]> = {
  'unknown options of providers': [(at) => `  p${at}: { ${LAB}, modls: {} }`],
  'wrong types of their options': [(at) => `  p${at}: { ${LAB}, concurrency: many }`],
  'units that are none': [(at) => `  p${at}: { ${LAB}, timeouts: { idle: soon } }`],
  'variables that are not set': [(at) => `  p${at}: { ${LAB}, apiKey: $NONE_${at} }`],
  'options that are missing': [(at) => `  p${at}: { use: openai-compatible }`],
  'plugins that are not there': [(at) => `  p${at}: { use: opnai }`],
  'mistakes behind aliases': [(at) => (at === 0 ? `  p0: &p { ${LAB}, modls: {} }` : `  p${at}: *p`)],
  'unknown options of models': [
    (at) => `  m${at}: { targets: [{ provider: lab }], weigth: 1 }`,
    (entries) => `providers: { lab: { ${LAB} } }\nmodels:\n${entries}`,
  ],
  'targets whose provider is unknown': [
    (at) => `  p${at}: { ${LAB} }`,
    (entries) => {
      const models = entries.replaceAll(/^  p(\d+): .*$/gm, '  m$1: { targets: [{ provider: q$1 }] }');
      return `providers:\n${entries}\nmodels:\n${models}`;
    },
  ],
};

/** µs of the processor */
async function spentBy(work: () => unknown): Promise<number> {
  const began = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(began);
  return user + system;
}

const FEW = 200;
const MANY = 8 * FEW;

for (const [what, [entry, around = (entries: string) => `providers:\n${entries}`]] of Object.entries(TABLE))
  t.test(`${what}: the first twenty are reported, and further ones cost no more each`, async (t) => {
    const folder = await folderOf(t, stubs);
    const registry = await PluginRegistry.read(folder);
    const check = async (count: number): Promise<{ message: string; spent: number }> => {
      const text = around(Array.from({ length: count }, (_, at) => entry(at)).join('\n'));
      const given = { env: {}, outer: {}, registry };
      let message = '';
      const spent = await spentBy(() =>
        checkText({ file: `${folder}/switchyard.yaml`, text }, given).catch(
          (error: Error) => void ({ message } = error),
        ),
      );
      return { message, spent };
    };
    await check(FEW);
    const few = await check(FEW);
    const many = await check(MANY);
    const lines = many.message.split('\n');
    t.match(lines[0], new RegExp(`^The config has ${MANY}\\d? mistakes, of which these are the first 20:$`));
    t.equal(lines.length, 21);
    t.ok(
      many.spent < 3 * (MANY / FEW) * few.spent,
      `${few.spent} µs for ${FEW}, ${many.spent} µs for ${MANY}`,
    );
  });

t.test('a provider among many costs the check little more than its lines cost the reader', async (t) => {
  const registry = await PluginRegistry.read(root);
  const entries = Array.from({ length: MANY }, (_, at) => `  p${at}: { ${LAB}, models: { m${at}: m } }`);
  const text = `providers:\n${entries.join('\n')}\n`;
  const file = join(root, 'switchyard.yaml');
  const [reading, checking] = [
    () => parse(text, file),
    () => checkText({ file, text }, { env: {}, outer: {}, registry }),
  ];
  for (const work of [reading, checking]) await work();
  const [read, checked] = [await spentBy(reading), await spentBy(checking)];
  // Where each entry has a compiled check of its own, it is forty times.
  t.ok(checked < 12 * read, `${checked} µs, of which ${read} are spent on reading`);
});

t.test('a thousand providers may share what one anchor names', async (t) => {
  const folder = await folderOf(t, stubs);
  const registry = await PluginRegistry.read(folder);
  const entries = Array.from({ length: 1_000 }, (_, at) => `  p${at}: { <<: *base, models: { m${at}: m } }`);
  const text = `providers:\n  first: &base { ${LAB} }\n${entries.join('\n')}\n`;
  const { config } = await checkText({ file: join(folder, 'switchyard.yaml'), text }, { env: {}, registry });
  t.equal(Object.keys(config.providers).length, 1_001);
});
