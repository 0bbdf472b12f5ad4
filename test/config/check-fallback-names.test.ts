import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startSwitchyardFrom } from '../switchyard.ts';
import { testFolder } from '../test-folder.ts';

/** A gateway whose model `big` falls back to these names; `lab` has `small` and `long`, `open` is not known to lack any. */
async function start(t: Test, fallbacks: string, { unknown = 'reject', open = false } = {}) {
  const folder = testFolder(t, {});
  const at = 'use: openai-compatible, baseUrl: "http://127.0.0.1:9/v1"';
  const lines = [
    'discover: false',
    'history: { enabled: false }',
    `unknownModels: ${unknown}`,
    `providers:`,
    `  lab: { ${at}, models: { small: s, long: l } }`,
    ...(open ? [`  open: { ${at} }`] : []),
    'models:',
    `  big: { targets: [{ provider: lab, model: b }], fallbacks: [${fallbacks}], contextFallbacks: [long] }`,
    `  other: { targets: [{ provider: lab, model: o }] }`,
    '',
  ];
  await writeFile(join(folder, 'switchyard.yaml'), lines.join('\n'));
  return startSwitchyardFrom(t, folder);
}

const warned = ({ log }: { log: readonly string[] }): string =>
  log.filter((line) => line.includes('"level":40')).join('\n');

t.test('a fallback may be a model of the config or of a provider', async (t) => {
  t.equal(warned(await start(t, 'small, other')), '');
  t.equal(
    warned(await start(t, 'gpt-9', { open: true, unknown: 'route' })),
    '',
    'one that takes any name may have it',
  );
});

t.test('an unknown fallback stops the start, with its line and the nearest name', async (t) => {
  await t.rejects(start(t, 'smal, nowhere'), {
    code: 'config_invalid',
    message:
      /The config has 2 mistakes:\n.*switchyard\.yaml:7:\d+: models\.big\.fallbacks\[0\]: no model 'smal' is known here \(did you mean 'small'\?\); allowed: 'big', 'other', 'small', 'long'\n.*fallbacks\[1\]: no model 'nowhere' is known here; allowed/,
  });
});

t.test('a likely typo is logged where a provider takes any name', async (t) => {
  t.match(
    warned(await start(t, 'smal', { unknown: 'route' })),
    /models\.big\.fallbacks\[0\]: no model 'smal' is known here \(did you mean 'small'\?\); any provider that can answer/,
  );
  t.match(
    warned(await start(t, 'nowhere', { unknown: 'route' })),
    /no model 'nowhere' is known here; any provider/,
  );
  t.match(warned(await start(t, 'smal', { unknown: 'reject', open: true })), /did you mean 'small'/);
});
