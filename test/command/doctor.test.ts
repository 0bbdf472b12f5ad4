import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { freePort } from '../command.ts';
import { tinyProgram } from '../tiny-program.ts';
import { run } from './run.ts';

async function start(t: Test) {
  const tiny = tinyProgram(t);
  const file = join(tiny.there.folder, 'switchyard.yaml');
  const server = { port: await freePort() };
  const provider = { use: tiny.plugin, source: tiny.source, port: await freePort() };
  const doctor = (given: object = {}, env: Record<string, string> = {}, ...args: string[]) => {
    const config = { home: tiny.home, server, providers: { tiny: { ...provider, ...given } } };
    writeFileSync(file, JSON.stringify(config));
    return run(['doctor', '--json', '--config', file, ...args], { env: { ...tiny.there.env, ...env } });
  };
  const of = (stdout: string) => {
    const { providers, machine, ...rest } = JSON.parse(stdout) as {
      ok: boolean;
      machine: { what: string; ok: boolean; found: string }[];
      providers: { provider: string; ok: boolean; toolchain?: string; port?: string; lacks: string[] }[];
    };
    return { ...rest, machine, providers, tiny: providers.find((one) => one.provider === 'tiny')! };
  };
  return { doctor, of, tiny, file };
}

t.test('it tells what is there for each provider, and what is lacking with the remedy', async (t) => {
  const { doctor, of, file } = await start(t);
  const lacking = await doctor();
  t.equal(lacking.code, 1, 'the config names what lacks something');
  const { tiny, machine, providers } = of(lacking.stdout);
  t.match(tiny, { ok: false, toolchain: /^Node \d+\.\d+\.\d+ \(\//, port: /: free$/ });
  t.match(tiny.lacks, [/^set providers\.tiny\.secrets\.TOKEN: what it shows upstream/]);
  t.match(machine, [
    { what: 'config', found: file },
    { what: 'node' },
    { what: 'git', ok: true, found: /^\d+\.\d+/ },
    { what: 'disk', found: /GiB free/ },
    { what: /^port/, ok: true, found: 'free' },
  ]);
  t.ok(providers.length >= 15, 'the fourteen are examined too');
  const fine = await doctor({ secrets: { TOKEN: 'given' } });
  t.match(of(fine.stdout), { ok: true, tiny: { ok: true, lacks: [] } });
  t.equal(fine.code, 0, 'others, that are only listed, may lack anything');
});

t.test(
  'a port that is taken is told with who has it, and a tool that is not there with where to get it',
  async (t) => {
    const { doctor, of } = await start(t);
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.teardown(() => server.close());
    const { port } = server.address() as AddressInfo;
    const { stdout, code } = await doctor({ port, secrets: { TOKEN: 'given' } }, { PATH: '/nowhere' });
    const { tiny, machine, providers } = of(stdout);
    t.equal(code, 1);
    t.match(tiny.port, `${port}: taken`);
    t.match(tiny.lacks.join('\n'), new RegExp(`port ${port} is already taken by pid ${process.pid}`));
    t.match(
      machine.find(({ what }) => what === 'git'),
      { ok: false, remedy: /install git/ },
    );
    t.match(providers.find(({ provider }) => provider === 'ZtoApi')?.lacks, /.*/);
  },
);

t.test('people get tables and a list of what to do', async (t) => {
  const { tiny } = await start(t);
  const none = join(tiny.there.folder, 'none.yaml');
  writeFileSync(none, JSON.stringify({ home: tiny.home, server: { port: await freePort() } }));
  const { code, stdout } = await run(['doctor', '--config', none]);
  t.equal(code, 0, stdout);
  t.match(stdout, /^git\tfine\t/m);
  t.match(stdout, /^grok2api\tlacking\tno\t/m);
  t.match(stdout, /^- set providers\.grok2api\.secrets\.SSO: /m);
});

t.test('with --network it asks what programs are fetched from', { timeout: 60_000 }, async (t) => {
  const { doctor, of, tiny } = await start(t);
  const own = { secrets: { TOKEN: 'given' } };
  const offline = { HTTPS_PROXY: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' };
  const { machine } = of((await doctor(own, offline, '--network')).stdout);
  const about = (what: string) => machine.find((one) => one.what.startsWith(what));
  t.match(about(tiny.source.git), { ok: true, found: 'it can be reached' }, 'as git is told to reach it');
  t.match(about('https://github.com/VeroFess/grok2api'), { ok: false, remedy: /name a mirror/ });
});
