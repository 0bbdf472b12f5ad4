import t from 'tap';
import { testFolder } from '../../test-folder.ts';
import { startSwitchyard } from '../../switchyard.ts';
import { run } from '../run.ts';

t.test('keys makes, lists, rotates, revokes and removes keys, and prints each once', async (t) => {
  const switchyard = await startSwitchyard(t, { home: testFolder(t, {}) });
  let key = '';
  const keys = (...words: string[]) =>
    run(['keys', ...words], { env: { SWITCHYARD_URL: switchyard.url, ...(key && { SWITCHYARD_KEY: key }) } });
  const refused = await keys('create', 'app');
  t.match(refused, { code: 1, stderr: /the first key must have the role 'admin'/ });
  key = (await keys('create', 'root', '--role', 'admin')).stdout.trim();
  t.match(key, /^sk-sy-/);
  const app = (
    await keys('create', 'app', '--models', 'a,b*', '--labels', 'x', '--expires', '30d')
  ).stdout.trim();
  const rows = (await keys()).stdout.split('\n').map((row) => row.split('\t'));
  t.match(rows[1], ['app', 'caller', app.slice(0, 10), '-', 'x', 'a,b*', '*', '-', /^until \d{4}/]);
  t.notMatch((await keys('list')).stdout, app);
  t.match(await keys('change', 'app', '--expires', 'never', '--owner', 'Ada'), {
    code: 0,
    stdout: /is changed/,
  });
  t.match(JSON.parse((await keys('--json')).stdout).data[1], {
    owner: 'Ada',
    expires: null,
    models: ['a', 'b*'],
  });
  await keys('change', 'app', '--requests', 'minute=60,day=1000', '--concurrency', '4');
  await keys('change', 'app', '--tokens', 'hour=5000', '--concurrency', 'none');
  t.strictSame(JSON.parse((await keys('--json')).stdout).data[1].limits, {
    requests: { minute: 60, day: 1000 },
    tokens: { hour: 5000 },
  });
  t.match(await keys('change', 'app', '--tokens', 'many'), {
    code: 2,
    stderr: /--tokens takes amounts such as/,
  });
  const next = (await keys('rotate', 'app', '--overlap', '1h')).stdout.trim();
  t.not(next, app);
  t.match(await keys('revoke', 'app', '--now'), { code: 0, stdout: /0 running requests were ended/ });
  t.match((await keys()).stdout, /revoked/);
  t.match(await keys('remove', 'app'), { code: 0, stdout: /app is removed/ });
  t.match(await keys('rotate', 'app'), { code: 1, stderr: /there is no key 'app'/ });
  t.match(await keys('create', 'b', '--expires', 'soon'), { code: 2, stderr: /--expires 'soon'/ });
  t.match(await keys('create'), { code: 2, stderr: /usage: switchyard keys/ });
});
