import t from 'tap';
import { openKeyed } from '../../plugins/auth/keyed.ts';
import { run } from '../run.ts';

t.test('usage shows what keys have used, as lines, JSON and CSV', async (t) => {
  const { switchyard, make, chat, admin } = await openKeyed(t);
  await chat(await make('app'));
  const usage = (...words: string[]) =>
    run(['usage', ...words], { env: { SWITCHYARD_URL: switchyard.url, SWITCHYARD_KEY: admin } });
  t.equal((await usage('--by', 'key,model', '--since', '1d')).stdout, 'app\tm\t1\t0\t0\t11\t8\t0\t?\t1\n');
  t.match(JSON.parse((await usage('--json', '--only', 'key=app')).stdout).data, [
    { key: 'app', requests: 1 },
  ]);
  t.match((await usage('--csv', '--only', 'key=other')).stdout, /^key,requests,[\w,]+\r\n$/);
  t.match(await usage('--since', 'soon'), { code: 2, stderr: /--since 'soon'/ });
  t.match(await usage('--by', 'planet'), { code: 1, stderr: /'by' takes key, owner/ });
});
