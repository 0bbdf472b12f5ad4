import { join } from 'node:path';
import t, { type Test } from 'tap';
import { freePort, startCommand } from '../command.ts';
import { startSwitchyard, type Switchyard } from '../switchyard.ts';
import { startUpstream, type Upstream } from '../upstream/upstream.ts';
import { run, type Ran } from './run.ts';
import { testFolder } from '../test-folder.ts';

async function start(
  t: Test,
  config = {},
): Promise<{ switchyard: Switchyard; one: Upstream; ask: (...args: string[]) => Promise<Ran> }> {
  const one = await startUpstream({ name: 'one', interval: 0 });
  t.teardown(() => one.close());
  const switchyard = await startSwitchyard(t, {
    home: testFolder(t, {}),
    strategy: { use: 'round-robin' },
    providers: { one: { use: 'openai-compatible', baseUrl: one.url, models: { m: 'own-m' } } },
    ...config,
  });
  return { switchyard, one, ask: (...args) => run(args, { env: { SWITCHYARD_URL: switchyard.url } }) };
}

t.test("status, providers and models show the gateway's state", async (t) => {
  const { switchyard, ask } = await start(t);
  t.match(
    (await ask('status')).stdout,
    /^providers\t0 of 1 are healthy, 1 not asked yet, \d+ more not started$/m,
  );
  await switchyard.chat();
  const status = await ask('status');
  t.equal(status.code, 0, status.stderr);
  t.match(status.stdout, /^providers\t1 of 1 are healthy, \d+ more not started$/m);
  t.match(status.stdout, /gateway\thealthy, version \d/);
  t.match(status.stdout, `url\t${switchyard.url}`);
  t.match((await ask('providers')).stdout, /^one\tavailable\t-\t-\t0\tm$/m);
  t.match((await ask('models')).stdout, /^m\tone$/m);
  const json = await ask('providers', '--json');
  t.match(JSON.parse(json.stdout).providers[0], { name: 'one', status: 'healthy' });
  for (const { stderr } of [status, json]) t.equal(stderr, '', 'nothing else is said');
});

t.test('why says so if there was no request yet', async (t) => {
  const { ask } = await start(t);
  t.match(await ask('why'), { code: 1, stderr: /^switchyard: why: no request is kept yet; send one/ });
});

t.test('why and route explain where a request went, and where one would go', async (t) => {
  const { switchyard, one, ask } = await start(t);
  one.behave('status-400');
  const { headers } = await switchyard.chat();
  const why = await ask('why', headers['x-switchyard-request-id'] as string);
  t.match(why.stdout, /^m by round-robin: refused with 400 after .* waiting, .* gateway overhead\)/);
  t.match(why.stdout, /^one\/own-m\tanswered after \d+ ms\tone answered 400$/m);
  one.behave('ok');
  const { headers: later } = await switchyard.chat();
  t.match(await ask('why'), {
    code: 0,
    stdout: new RegExp(
      `^${later['x-switchyard-request-id']}, the latest request\\nm by round-robin: complete [^]*^${headers['x-switchyard-request-id']}\\t.*\\tm\\tone/own-m\\t400\\trefused$`,
      'm',
    ),
  });
  const unknown = await ask('why', 'req_none');
  t.equal(unknown.code, 1);
  t.match(unknown.stderr, /^switchyard: no request 'req_none' is kept/);
  const route = await ask('route', '--model', 'm');
  t.match(route.stdout, /^m by round-robin: one\/own-m\n> one\/own-m\t0/);
  switchyard.gateway.upstreams
    .get('one')!
    .target('own-m')
    .block('quota', performance.now() + 9e4, 'it asked for it');
  const out = await ask('route', '--model=m', '--json');
  t.equal(out.code, 1, 'no target would answer');
  t.match(JSON.parse(out.stdout), { pick: null, error: { code: 'upstream_busy' } });
});

t.test('strategy changes the strategy of a running gateway', async (t) => {
  const { switchyard, ask } = await start(t);
  t.match(await ask('strategy', 'least_connections'), { code: 0, stdout: 'least-connections\n' });
  t.match((await ask('strategy')).stdout, /^least-connections\tpicks$/m);
  t.equal((await switchyard.chat()).status, 200);
  t.equal((await switchyard.trace()).strategy, 'least-connections');
  t.match(await ask('strategy', 'no-such'), { code: 1, stderr: /there is no strategy 'no-such'/ });
});

t.test('chat streams its answer, and reports a failure', async (t) => {
  const { one, ask } = await start(t);
  const answer = await ask('chat', 'Who are you?', '--model', 'm');
  t.match(answer, { code: 0, stdout: /^Hello.*\n$/s, stderr: '' });
  t.match(one.posts[0]?.json(), { model: 'own-m', stream: true, messages: [{ content: 'Who are you?' }] });
  t.match(await ask('chat', 'Without a model'), { code: 0, stderr: '' });
  t.equal(one.posts.at(-1)!.fields().model, 'own-m', 'the first that is listed');
  one.behave('cut-after-content');
  t.match(await ask('chat', 'again', '--model', 'm'), { code: 1, stderr: /the answer was cut: / });
});

t.test('a config is checked without anything being started', async (t) => {
  const folder = testFolder(t, {
    'good.json': '{"discover": false}',
    'bad.yaml': 'server: { prot: 1 }\n',
  });
  const good = await run(['config', 'check', join(folder, 'good.json')]);
  t.match(good, { code: 0, stdout: /good\.json: valid\n$/ });
  t.match(await run(['config', 'check', join(folder, 'bad.yaml')]), {
    code: 1,
    stderr: /server\.prot: unknown \(did you mean 'port'\?\)/,
  });
  const { ask } = await start(t);
  t.match(JSON.parse((await ask('config', 'show')).stdout), { server: { port: Number } });
});

t.test('overrides are shown, taken back and saved into the file', async (t) => {
  const command = startCommand(t, {
    args: ['--port', '0'],
    config: { home: testFolder(t, {}), discover: false, strategy: { use: 'round-robin' } },
  });
  const env = { SWITCHYARD_URL: await command.url };
  const ask = (...args: string[]) => run(args, { env });
  t.match(await ask('config', 'diff'), { code: 0, stdout: 'no changes: the file is in force\n' });
  await ask('strategy', 'random');
  t.match((await ask('config', 'diff')).stdout, /^strategy\S*\t.*round-robin.*\t.*random/);
  t.match(await ask('config', 'undo'), { code: 0, stdout: '1 change undone\n' });
  await ask('strategy', 'p2c');
  t.match(await ask('config', 'save'), { code: 0, stdout: /switchyard\.yaml: 1 change written\n$/ });
  t.match((await ask('config', 'diff', '--json')).stdout, /"changes": \[\]/);
  t.match(await ask('config', 'reload'), { code: 0, stdout: /"success": true/ });
  t.match(await ask('config', 'nonsense'), { code: 2, stderr: /one of: check/ });
});

t.test('start starts the gateway, and with a name a provider', async (t) => {
  const { switchyard } = await start(t);
  const launched = (...args: string[]) =>
    run(['start', ...args], { env: { SWITCHYARD_URL: switchyard.url }, file: 'command/switchyard.mjs' });
  t.match(await launched('--port', 'nonsense'), { code: 2, stderr: /'nonsense' is not a port/ });
  t.match(await launched('--config', '/no/such.yaml'), { code: 1, stderr: /no\/such\.yaml does not exist/ });
  t.match(await launched('one'), { code: 1, stdout: /one is not a local program of this gateway's/ });
  t.match(await launched('one', '--key', 'k'), { code: 1, stdout: /one is not a local program/ });
});

t.test('keys are sent, and a missing gateway has its own exit code', async (t) => {
  const { switchyard } = await start(t, { server: { apiKeys: ['planted-key'] } });
  const url = ['--url', switchyard.url];
  t.match(await run(['status', ...url]), {
    code: 1,
    stderr: /this gateway asks for a key.*--key KEY, or SWITCHYARD_KEY/,
  });
  t.equal((await run(['status', ...url, '--key', 'planted-key'])).code, 0);
  const asClients = ['--url', `${switchyard.url}/v1/`, '--key', 'planted-key'];
  t.equal((await run(['status', ...asClients])).code, 0, 'with the path that clients are given');
  t.equal((await run(['status', ...url], { env: { SWITCHYARD_KEY: 'planted-key' } })).code, 0);
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  t.match(await run(['status', '--url', nowhere]), {
    code: 3,
    stdout: '',
    stderr: `switchyard: no gateway answers at ${nowhere} (ECONNREFUSED); start one with npm start, or name one with --url\n`,
  });
});

t.test('a wrong call prints the usage, and --help lists every subcommand', async (t) => {
  for (const [args, says] of [
    [['stauts'], /did you mean 'status'/],
    [['why', 'a', 'b'], /why: 'b' is one argument too many\nusage: switchyard why \[ID\]/],
    [['keys', 'create'], /keys: 'create' fits none of its forms\nusage: switchyard keys \[list\]/],
    [['status', '--frob'], /^switchyard: Unknown option '--frob'\nusage: switchyard status$/m],
    [['logs'], /logs: an argument is missing\nusage: switchyard logs NAME/],
    [['route'], /name a model/],
    [['route', '--modle', 'x'], /'--modle'[^]*usage: switchyard route --model M/],
    [['status', '--url', 'nonsense'], /is not a URL/],
    [['status', '--url', 'localhost:7999'], /'localhost:7999' is not a URL such as http:/],
  ] as const)
    t.match(await run(args), { code: 2, stderr: says }, args.join(' '));
  const help = await run(['--help'], { file: 'command/switchyard.mjs' });
  t.equal(help.code, 0, help.stderr);
  for (const name of [
    'start',
    'status',
    'providers',
    'models',
    'why [ID]',
    'route',
    'strategy',
    'config',
    'chat',
    'SWITCHYARD_URL',
    'Exit codes',
  ])
    t.match(help.stdout, name);
});
