import t from 'tap';
import type { Switchyard } from '../../../../switchyard.ts';
import { setting } from '../config-file.ts';
import { post } from '../post.ts';

const ask = (switchyard: Switchyard, method: 'PATCH' | 'DELETE', path: string, body?: object) =>
  switchyard.ask(path, { method, ...(body && { body: body as Record<string, unknown> }) });

t.test('a model and an alias answer at once; their changes and their end, too', async (t) => {
  const { switchyard, text } = await setting(t);
  const added = { name: 'team/fast', targets: [{ provider: 'spare', model: 'both' }], fallbacks: ['m'] };
  t.match((await post(switchyard, '/config/models', added)).json(), { name: 'team/fast', from: 'added' });
  t.match((await post(switchyard, '/config/models', { name: 'short', alias: 'm' })).json(), {
    entry: {
      targets: [
        { provider: 'lab', model: 'm1' },
        { provider: 'spare', model: 'm1' },
      ],
    },
  });
  t.match((await switchyard.chat({ model: 'team/fast' })).headers, { 'x-switchyard-provider': 'spare' });
  t.equal((await switchyard.chat({ model: 'short' })).status, 200);
  const changed = await ask(switchyard, 'PATCH', '/config/models/team/fast', {
    targets: [{ provider: 'third', model: 'both' }],
    fallbacks: null,
  });
  t.same(changed.json().entry, { targets: [{ provider: 'third', model: 'both' }] });
  t.match((await switchyard.chat({ model: 'team/fast' })).headers, { 'x-switchyard-provider': 'third' });
  await post(switchyard, '/config/save');
  t.match(await text(), /team\/fast:\n {4}targets:\n {6}- \{ provider: third, model: both \}/);
  t.equal((await ask(switchyard, 'DELETE', '/config/models/short')).status, 200);
  t.equal((await switchyard.chat({ model: 'short' })).status, 404);
});

t.test('a weight that was changed stays, and is saved, where the model gets other members', async (t) => {
  const { switchyard, text } = await setting(t);
  await ask(switchyard, 'PATCH', '/routes/m', { targets: [{ provider: 'lab', weight: 7 }] });
  await ask(switchyard, 'PATCH', '/config/models/m', { fallbacks: ['n'] });
  t.match((await switchyard.ask('/routes/m')).json(), { targets: [{ weight: 7 }, {}], fallbacks: ['n'] });
  await post(switchyard, '/config/save');
  t.match(await text(), /weight: 7 \} # the better one/);
  t.match(await text(), /fallbacks:\s*\[?\s*-? ?n/);
});

t.test('what is wrong is refused with its remedy, and changes nothing', async (t) => {
  const { switchyard } = await setting(t);
  const refused = async (answer: ReturnType<typeof post>, status: number, message: RegExp): Promise<void> => {
    const { status: got, json } = await answer;
    t.match({ got, message: json().error.message }, { got: status, message }, String(message));
  };
  const add = (body: Record<string, unknown>) => post(switchyard, '/config/models', body);
  await refused(add({ targets: [{ provider: 'lab' }] }), 400, /name the model/);
  await refused(add({ name: 'm', targets: [{ provider: 'lab' }] }), 409, /has an entry already/);
  await refused(add({ name: 'x' }), 400, /models\.x\.targets: missing/);
  await refused(add({ name: 'x', targets: [] }), 400, /models\.x\.targets/);
  await refused(add({ name: 'x', targets: [{ provider: 'labb' }] }), 400, /did you mean 'lab'/);
  await refused(add({ name: 'x', alias: 'nine' }), 404, /'nine' does not exist/);
  await refused(add({ name: 'x', alias: 'm', targets: [] }), 400, /not both/);
  await refused(
    add({ name: 'x', targets: [{ provider: 'lab' }], strategy: { use: './mine.ts' } }),
    400,
    /no strategy '\.\/mine\.ts'/,
  );
  await refused(ask(switchyard, 'DELETE', '/config/models/mm'), 404, /did you mean 'm'/);
  await refused(ask(switchyard, 'PATCH', '/config/models/m', { name: 'k' }), 400, /name stays/);
  t.same((await switchyard.ask('/config/diff')).json().changes, []);
});
