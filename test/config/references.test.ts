import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Secrets } from '../../kits/secret-kit/index.ts';
import { testFolder } from '../test-folder.ts';
import { load, mistakesOf } from './stub-gateway.ts';

const provider = (options: string): string =>
  `providers:\n  lab: { use: openai-compatible, baseUrl: http://127.0.0.1:1/v1, ${options} }\n`;

t.test('secrets and files stand in for values, wherever home is', async (t) => {
  const home = testFolder(t, {});
  await (await Secrets.open({ home, env: {} })).change({ one: '$A}' });
  const options =
    'apiKey: "${secret:one}", headers: { authorization: "x ${file:key.txt} ${secret:none:-default}" }';
  const { config, files } = await load(t, {
    config: `home: $PLACE\n${provider(options)}`,
    files: { 'key.txt': 'from a file\n' },
    env: { PLACE: home },
  });
  t.match(config.providers.lab, { apiKey: '$A}', headers: { authorization: 'x from a file default' } });
  t.match([...files.keys()].slice(2), [/key\.txt$/, join(home, 'secrets.json')]);
});

t.test('what is missing is reported with the remedy', async (t) => {
  const lines = await mistakesOf(t, {
    config: provider('apiKey: "${secret:none}", headers: { api-key: "${file:/nowhere/x}" }'),
  });
  t.match(lines, [
    /./,
    /apiKey: there is no secret 'none'; store it: switchyard secrets set none/,
    /the file \/nowhere\/x cannot be read \(ENOENT\)/,
  ]);
});

t.test('a secret may stand only where it is not shown', async (t) => {
  const home = testFolder(t, {});
  await (await Secrets.open({ home, env: {} })).change({ one: 'planted' });
  writeFileSync(join(home, 'f'), 'planted');
  const lines = await mistakesOf(t, {
    config: `home: ${home}\n${provider('models: { m: "${secret:one}", n: "$${secret:one}" }')}`,
  });
  t.match(lines, [/./, /models\.m: \$\{secret:one\} may not stand here, because this value is shown/]);
  t.equal(lines.length, 2);
  t.notMatch(lines.join(''), 'planted');
});

t.test('a provider that is switched off needs no secret', async (t) => {
  const { config } = await load(t, { config: provider('enabled: false, apiKey: "${secret:none}"') });
  t.match(config.providers.lab, { apiKey: '${secret:none}' });
});
