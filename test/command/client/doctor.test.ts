import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { freePort } from '../../command.ts';
import { tinyProgram } from '../../tiny-program.ts';
import { run } from '../run.ts';

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

t.test('doctor lists what each provider has, and what is missing with the remedy', async (t) => {
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
  'a taken port is reported with the program that has it, and a missing tool with its source',
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

t.test('a person gets tables and a list of remedies', async (t) => {
  const { tiny } = await start(t);
  const none = join(tiny.there.folder, 'none.yaml');
  writeFileSync(none, JSON.stringify({ home: tiny.home, server: { port: await freePort() } }));
  const { code, stdout } = await run(['doctor', '--config', none]);
  t.equal(code, 0, stdout);
  t.match(stdout, /^git\tfine\t/m);
  t.match(stdout, /^grok2api\tlacking\tno\t/m);
  t.match(stdout, /^- set providers\.grok2api\.secrets\.SSO: /m);
});

/** Stands before the network: a proxy that lets no request through, and registries. It records the requests. */
async function network(t: Test) {
  const [through, registries]: [Set<string>, Set<string>] = [new Set(), new Set()];
  const server = createHttpServer(({ method, url = '' }, response) => {
    registries.add(`${method} ${url}`);
    response.writeHead(url.startsWith('/busy') ? 503 : 200).end();
  });
  server.on('connect', ({ url = '' }, socket) => {
    through.add(url);
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => (server.closeAllConnections(), server.close()));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, through, registries, proxy: { HTTPS_PROXY: url, https_proxy: url } };
}

const given = { secrets: { TOKEN: 'given' } };

t.test('with --network it checks the sources of programs', { timeout: 300_000 }, async (t) => {
  const { doctor, of, tiny } = await start(t);
  const { url, proxy, through, registries } = await network(t);
  const own = {
    ...proxy,
    PIP_INDEX_URL: `${url}/busy/simple/`,
    npm_config_registry: `${url}/npm/`,
    GOPROXY: `http://127.0.0.1:${await freePort()},direct`,
  };
  const { stdout, code } = await doctor(given, own, '--network');
  const { machine } = of(stdout);
  const about = (what: string) => machine.filter((one) => one.what.startsWith(what));
  t.match(about(tiny.source.git), [{ ok: true, found: 'reachable' }], 'as git is told to reach it');
  t.match(about('https://github.com/VeroFess/grok2api'), [{ ok: false, remedy: /configure a mirror/ }]);
  t.match(about(url), [{ ok: true }, { ok: true }], 'whatever it answers, it is there');
  t.match(about(own.GOPROXY.split(',')[0] as string), [{ ok: false, found: 'not reachable' }]);
  t.strictSame([...registries].toSorted(), ['HEAD /busy/simple/', 'HEAD /npm/']);
  t.strictSame([...through], ['github.com:443'], 'nothing else was to leave this machine');
  t.equal(code, 1, 'something is lacking');
});

t.test(
  'registries are checked through the proxy, too, and not at all without --network',
  { timeout: 300_000 },
  async (t) => {
    const { doctor, of } = await start(t);
    const { proxy, through } = await network(t);
    t.equal((await doctor(given, proxy)).code, 0);
    t.equal(through.size, 0);
    const off = of((await doctor(given, { ...proxy, GOPROXY: 'off' }, '--network')).stdout).machine;
    t.notOk(
      off.some(({ what }) => what.includes('golang')),
      'a word is no place',
    );
    t.notOk(through.has('proxy.golang.org:443'));
    const { machine } = of((await doctor(given, proxy, '--network')).stdout);
    const hosts = ['pypi.org', 'registry.npmjs.org', 'proxy.golang.org'];
    for (const host of hosts) {
      t.match(
        machine.find(({ what }) => what === `https://${host}`),
        { ok: false },
        host,
      );
      t.ok(through.has(`${host}:443`), host);
    }
  },
);
