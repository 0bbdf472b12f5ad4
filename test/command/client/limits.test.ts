import t from 'tap';
import { openKeyed } from '../../plugins/auth/keyed.ts';
import { run } from '../run.ts';

const NOW = Date.UTC(2026, 2, 4, 12);

t.test('limits are made, shown, changed and removed', async (t) => {
  // Its minute does not end before the test does.
  const { switchyard, make, chat, admin } = await openKeyed(t, { injected: { date: () => NOW } });
  const limits = (...words: string[]) =>
    run(['limits', ...words], { env: { SWITCHYARD_URL: switchyard.url, SWITCHYARD_KEY: admin } });
  const made = await limits(
    'create',
    'big',
    '--per',
    'key',
    '--where',
    'model=m,model=gpt-*',
    '--requests',
    'minute=5,total=9',
  );
  t.equal(made.stdout, 'big is made: 5 requests a minute, 9 requests in all\n');
  await chat(await make('app'));
  t.match(
    (await limits()).stdout,
    /^big\tapi\tkey\tmodel=m\|gpt-\*\t5 requests a minute, 9 requests in all\t1 of 5 requests\n$/,
  );
  t.match(
    (await limits('show', 'big')).stdout,
    /^key=app\t5 requests a minute\t1\t4\t.*Z\nkey=app\t9 requests\t1\t8\t-\n$/,
  );
  t.equal(
    (await limits('change', 'big', '--requests', 'none', '--dollars', 'day=2.5', '--unknown-price', 'refuse'))
      .stdout,
    'big is changed: $2.5 a day\n',
  );
  t.match(JSON.parse((await limits('show', 'big', '--json')).stdout), {
    dollars: { day: 2.5 },
    unknownPrice: 'refuse',
  });
  t.match(await limits('create', 'x', '--tokens', 'day=many'), {
    code: 2,
    stderr: /limits: --tokens takes amounts/,
  });
  t.match(await limits('create', 'x', '--where', 'model'), {
    code: 2,
    stderr: /--where takes such as owner=Ada/,
  });
  t.match(await limits('make', 'x'), { code: 2, stderr: /usage: switchyard limits/ });
  t.equal((await limits('remove', 'big')).stdout, 'big is removed\n');
});
