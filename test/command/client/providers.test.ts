import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { startSwitchyardFrom } from '../../switchyard.ts';
import { testFolder } from '../../test-folder.ts';
import { startUpstream } from '../../upstream/upstream.ts';
import { run } from '../run.ts';

const KEY = 'sk-from-a-pipe-0001';

t.test('providers and models are added, tested, changed, saved and removed', async (t) => {
  const upstream = await startUpstream({ apiKey: KEY, models: ['x1', 'x2'], interval: 0 });
  const old = await startUpstream({ models: ['x1', 'x2'], interval: 0 });
  t.teardown(() => Promise.all([upstream.close(), old.close()]));
  const config = '# mine\nhome: ./home\ndiscover: false\nhistory: { enabled: false }\nproviders:\n';
  const folder = testFolder(t, {
    'switchyard.yaml': `${config}  old: { use: openai-compatible, baseUrl: ${old.url} } # keep\n`,
  });
  const switchyard = await startSwitchyardFrom(t, folder);
  const command = (words: string[], input?: string) =>
    run(words, { env: { SWITCHYARD_URL: switchyard.url }, ...(input !== undefined && { input }) });
  const place = ['lab', '--use', 'openai-compatible', '--base-url', upstream.url, '--api-key'];
  const wrong = await command(['providers', 'test', ...place], 'sk-wrong-one-0002\n');
  t.match(wrong, { code: 1, stdout: /key\tfails\tit refused the key: 401.*\tgive it a key/ });
  t.match(await command(['providers', 'test', ...place, '--model', 'x1'], KEY), {
    code: 0,
    stdout: /models\tgood\t2 models\t-\nchat\tgood/,
  });
  t.match(await command(['providers', 'add', ...place], KEY), {
    code: 0,
    stdout: 'lab is added; 2 models are known\n',
  });
  t.equal((await switchyard.chat({ model: 'x2' })).status, 200);
  t.match(await command(['providers', 'edit', 'lab', '--concurrency', '2', '--models', 'x1,y=x2']), {
    code: 0,
  });
  t.match(await command(['models', 'add', 'fast', '--targets', 'lab/x1,old', '--save']), {
    code: 0,
    stdout: /^fast is added\n2 changes were written into .*switchyard\.yaml\n$/,
  });
  t.match(await command(['models', 'add', 'short', '--alias', 'fast']), { code: 0 });
  t.equal((await switchyard.chat({ model: 'short' })).status, 200);
  const saved = await readFile(join(folder, 'switchyard.yaml'), 'utf8');
  t.match(saved, /^# mine\n[^]*# keep\n/);
  t.match(saved, /concurrency: 2/);
  t.notMatch(saved, KEY);
  t.match(await command(['models', 'edit', 'fast', '--targets', 'lab/x1', '--fallbacks', 'y']), { code: 0 });
  t.match(await command(['providers', 'remove', 'lab']), { code: 1, stderr: /models\.fast\.targets\[0\]/ });
  await command(['models', 'remove', 'short']);
  t.match(await command(['models', 'remove', 'fast']), { code: 0, stdout: 'fast is removed\n' });
  t.match(await command(['providers', 'remove', 'lab']), { code: 0, stdout: 'lab is removed\n' });
  t.match(await command(['providers', 'edit', 'lab', '--concurrency', '1']), {
    code: 1,
    stderr: /no provider 'lab'/,
  });
  t.match(await command(['providers', 'add']), { code: 2, stderr: /usage: switchyard providers/ });
});
