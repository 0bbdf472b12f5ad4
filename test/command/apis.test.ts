// Where programs are fetched to: by the real command, or a gateway, with a config in a folder of its own.
import { appendFileSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startSwitchyardFrom } from '../switchyard.ts';
import { tinyProgram } from '../tiny-program.ts';
import { run } from './run.ts';

function start(t: Test) {
  const tiny = tinyProgram(t);
  const { folder, env } = tiny.there;
  const file = join(folder, 'switchyard.yaml');
  const provider = { use: tiny.plugin, source: tiny.source, port: 'free', start: 'manual' };
  const config = (said: object) =>
    writeFileSync(file, JSON.stringify({ providers: { tiny: provider }, ...said }));
  const populate = (more: Record<string, string> = {}, ...words: string[]) =>
    run(['populate', '--config', file, ...words], { env: { ...env, ...more } });
  /** A gateway with another config, which runs the program. */
  const runs = async (said: object) => {
    const own = { discover: false, history: { enabled: false }, server: { port: 0 } };
    const secrets = { TOKEN: 'given' };
    const other = { ...own, ...said, providers: { tiny: { ...provider, secrets } } };
    writeFileSync(join(folder, 'other.yaml'), JSON.stringify(other));
    const switchyard = await startSwitchyardFrom(t, folder, { file: join(folder, 'other.yaml'), env });
    t.equal((await switchyard.ask('/providers/tiny/start', { method: 'POST' })).status, 200);
    return switchyard;
  };
  const there = (...path: string[]) => existsSync(join(folder, ...path));
  return { tiny, folder, config, populate, runs, there };
}

const DONE = { code: 0, stdout: 'tiny\tstopped\tinstalled\n' };
/** No repository is found any more. */
const CUT_OFF = { GIT_CONFIG_GLOBAL: '/dev/null' };

t.test('without a configured home a program is fetched into apis, and its build is in home', async (t) => {
  const { config, populate, runs, there, folder } = start(t);
  config({});
  t.match(await populate(), DONE);
  t.ok(there('apis/tiny/.git'));
  t.ok(there('.switchyard/prepared/tiny/app/main.mjs'));
  t.same(readdirSync(join(folder, 'apis')), ['tiny']);
  t.notOk(there('.switchyard/apis'));

  const switchyard = await runs({});
  t.notMatch(switchyard.log.join(''), /fetching/, 'a gateway finds it there');
  t.equal(there(`apis/tiny.${process.pid}.pid`), true, 'with the pid file of the running program');
  t.match((await switchyard.ask('/config')).json(), { apis: join(folder, 'apis') });
});

t.test(
  'with a configured home a program is fetched into apis there, so that gateways share none',
  async (t) => {
    const { config, populate, there } = start(t);
    config({ home: './one' });
    t.match(await populate(), DONE);
    t.ok(there('one/apis/tiny/.git'));
    config({ home: './two' });
    t.match(await populate(), DONE);
    t.ok(there('two/apis/tiny/.git'));
    t.notOk(there('apis'));
  },
);

t.test('apis names the folder, seen from the config', async (t) => {
  const { config, populate, there, folder } = start(t);
  config({ home: './home', apis: './of/others' });
  t.match(await populate(), DONE);
  t.ok(there('of/others/tiny/.git'));
  config({ apis: '$PLACE' });
  t.match(await populate({ PLACE: join(folder, 'elsewhere') }), DONE);
  t.ok(there('elsewhere/tiny/.git'));
  t.notOk(there('home/apis'));
  t.notOk(there('apis'));
});

t.test('a mistake in apis is reported with its line, its value and the allowed values', async (t) => {
  const { config, populate } = start(t);
  config({ apis: 5 });
  t.match(await populate(), {
    code: 1,
    stdout: '',
    stderr:
      /switchyard\.yaml:1:\d+: apis: 5 is not allowed; allowed: a text, not empty such as '\.\/apis' or '~\/apis' \(Folder that local programs are fetched into/,
  });
  config({ apis: '' });
  t.match(await populate(), { code: 1, stderr: /apis: '' is not allowed; allowed: a text, not empty/ });
});

t.test('a program that is not fetched creates no folder in apis', async (t) => {
  const { config, folder, there } = start(t);
  const command = [
    process.execPath,
    '-e',
    "require('http').createServer((_, r) => r.end('{}')).listen(process.env.PORT)",
  ];
  const mine = { use: 'process', command, env: { PORT: '{port}' }, port: 'free', probe: { path: '/' } };
  config({ discover: false, history: { enabled: false }, providers: { mine } });
  const switchyard = await startSwitchyardFrom(t, folder, { env: { PATH: process.env.PATH! } });
  t.equal((await switchyard.ask('/providers/mine/start', { method: 'POST' })).status, 200);
  t.notOk(there('apis'));
});

t.test(
  'a checkout of an older version moves from home to apis with its local changes, and is not fetched again',
  async (t) => {
    const { config, populate, there, folder } = start(t);
    config({ home: '.switchyard' });
    t.match(await populate(), DONE);
    appendFileSync(join(folder, '.switchyard/apis/tiny/main.mjs'), '// mine\n');
    config({});
    const moved = await populate(CUT_OFF, '--populated');
    t.match(moved, { code: 0, stderr: /\/\.switchyard\/apis\/tiny was moved to .*\/apis\/tiny\n/ });
    t.match(readFileSync(join(folder, 'apis/tiny/main.mjs'), 'utf8'), /\/\/ mine\n$/);
    t.notOk(there('.switchyard/apis/tiny'));
    const again = await populate(CUT_OFF, '--populated');
    t.match(again, { code: 0, stdout: 'tiny\tstopped\talready up to date\n' });
    t.notMatch(again.stderr, /was moved/);
  },
);

t.test('the checkout of a running program does not move', async (t) => {
  const { config, populate, runs, there } = start(t);
  const before = await runs({ home: '.switchyard' });
  config({});
  t.match(await populate(), {
    code: 0,
    stdout: /^tiny\trunning\tnot changed: the gateway with pid \d+ runs it/,
  });
  t.ok(there('.switchyard/apis/tiny/.git'));
  t.notOk(there('apis/tiny'));

  const after = await runs({});
  t.match(
    after.log.join(''),
    /\.switchyard\/apis\/tiny stays there and can be deleted: the gateway with pid \d+ runs it, so/,
  );
  t.ok(there('.switchyard/apis/tiny/.git'));
  t.ok(there('apis/tiny/.git'));
  t.equal((await before.ask('/providers/tiny')).json().state, 'healthy');
});
