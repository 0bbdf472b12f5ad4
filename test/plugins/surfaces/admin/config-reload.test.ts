import { writeFile } from 'node:fs/promises';
import t from 'tap';
import { config, inForce, setting } from './config-file.ts';
import { post } from './post.ts';

t.test(
  'a changed file is loaded while answers go on; changes that need a restart are reported',
  async (t) => {
    const { switchyard, file, url } = await setting(t);
    const asking = Promise.all(Array.from({ length: 30 }, () => switchyard.chat({ stream: true })));
    const next = config(url)
      .replace('weight: 2', 'weight: 9')
      .replace(
        'discover: false',
        'discover: false\nstrategy: { use: round-robin }\nserver: { port: 1 }\ntimeouts: { idle: 3s }',
      );
    await writeFile(file, next);
    const { json, status } = await post(switchyard, '/config/reload');
    t.equal(status, 200);
    t.match(json(), { file, success: 'partial' });
    t.same(json().changed.toSorted(), ['models', 'strategy', 'timeouts']);
    t.same(json().restart, ['server']);
    t.match((await switchyard.ask('/routes/m')).json(), {
      strategy: { use: 'round-robin', from: 'file' },
      targets: [{ weight: 9 }, {}],
    });
    t.equal(
      switchyard.gateway.timeouts(switchyard.gateway.models.route('m', 'chat'), undefined, true).idle,
      3000,
    );
    for (const { status: each, broken } of await asking) t.same([each, broken], [200, false]);
    t.match(
      (await post(switchyard, '/config/reload')).json(),
      { changed: [], restart: ['server'], success: false },
      'twice is fine',
    );
    await writeFile(file, config(url));
    t.match((await post(switchyard, '/config/reload')).json(), { restart: [], success: true });
  },
);

t.test('nothing of a wrong file is loaded', async (t) => {
  const { switchyard, file, url } = await setting(t);
  const before = await inForce(switchyard);
  const refused = async (text: string, message: RegExp): Promise<void> => {
    await writeFile(file, text);
    const { status, json } = await post(switchyard, '/config/reload');
    t.match({ status, ...json().error }, { status: 409, code: 'config_not_reloaded', message });
    t.same(await inForce(switchyard), before);
  };
  const other = config(url).replace('weight: 2', 'weight: 9');
  await refused(
    `${other}strategy: { use: p3c }\n`,
    /The previous config stays in force.*\n.*switchyard\.yaml:\d+:\d+: strategy\.use: .*did you mean 'p2c'/,
  );
  await refused(`${other}  p: [`, /switchyard\.yaml:/);
  await refused(
    `${other.replace('models:\n  m:', 'models:\n  x: { targets: [{ provider: grok }] }\n  m:')}`,
    /models\.x\.targets\[0\]\.provider: .*'grok'/,
  );
  await refused(`${other}strategy: { use: priority, within: { use: none } }\n`, /no strategy plugin 'none'/);
});
