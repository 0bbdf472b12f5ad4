import t from 'tap';
import { pair, until } from '../../plugins/peers/fleet.ts';
import { run } from '../run.ts';

t.test('nodes lists this gateway and its peers, and fails while one is down', async (t) => {
  const { asker, owner } = await pair(t);
  const command = (...words: string[]) => run(words, { env: { SWITCHYARD_URL: asker.url } });
  const { code, stdout } = await command('nodes');
  t.equal(code, 0);
  const [own, box] = stdout.split('\n').map((row) => row.split('\t'));
  t.match(own, [/\(this one\)$/, /^up/]);
  t.match(box, ['box', 'up', /^\d/, /^\d{4}/, '0', '0', '1']);
  t.match(JSON.parse((await command('nodes', '--json')).stdout).data[1], { name: 'box', state: 'up' });
  const refused = await command('restart', '--nodes', 'box');
  t.match(refused, { code: 1, stdout: /box\tfailed/, stderr: /mayRestart/ });
  t.match(await command('restart', '--nodes', '--all'), { code: 2, stderr: /use one/ });
  await owner.close();
  await until(async () => (await asker.ask('/nodes')).json().data[1].state === 'down');
  t.match(await command('nodes'), { code: 1, stdout: /box\tdown/ });
});
