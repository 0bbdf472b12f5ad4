import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { Test } from 'tap';
import type { Host, Toolchain } from '../../../core/contracts/index.ts';
import { askVersion, fits, inWords } from '../../../kits/toolchain-kit/index.ts';
import deno from '../../../plugins/toolchains/deno.ts';
import go from '../../../plugins/toolchains/go.ts';
import node from '../../../plugins/toolchains/node.ts';
import python from '../../../plugins/toolchains/python.ts';
import { startSwitchyard } from '../../switchyard.ts';
import { fakePython } from './fake-python.ts';
import { testFolder } from '../../test-folder.ts';

if (process.platform === 'win32') {
  t.plan(0, 'the stand-ins are shell scripts');
  process.exit();
}

type Make = (options: never, host: Host) => Toolchain;

/** A machine whose PATH has one folder of its own before the system's, and a checkout. */
function machine(t: Test, { create }: { create: Make }, options: object, packages: object) {
  const root = testFolder(t, { bin: {}, checkout: { 'requirements.txt': 'thing==1' }, prepared: {} });
  const [bin, folder] = [join(root, 'bin'), join(root, 'prepared', 'it')];
  const lines: string[] = [];
  const env = {
    PATH: `${bin}:/usr/bin:/bin`,
    HOME: process.env.HOME ?? '/',
    GITHUB_TOKEN: 't',
    NPM_TOKEN: 'n',
    GOPROXY: 'https://p',
  };
  const toolchain = create(options as never, { env } as unknown as Host);
  const prepare = (state = 'one') =>
    toolchain.prepare({
      provider: 'it',
      packages,
      folder,
      checkout: { folder: join(root, 'checkout'), state },
      signal: new AbortController().signal,
      progress: (line) => lines.push(line),
    });
  const script = (name: string, text: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  return { root, bin, folder, lines, prepare, script };
}

const runs = (file: string): number => readFileSync(file, 'utf8').trim().split('\n').length;

t.test('ranges of versions', (t) => {
  t.ok(fits([3, 12, 1], '>=3.12'));
  t.notOk(fits([3, 11, 7], '>=3.12'));
  t.ok(fits([3, 12, 9], '>=3.10 <3.13'));
  t.notOk(fits([3, 13, 0], '>=3.10 <3.13'));
  t.ok(fits([2, 0, 0], '>=1.46'));
  t.equal(inWords('>=3.10 <3.13'), '3.10 or newer but older than 3.13');
  t.equal(inWords('>=2'), '2.0 or newer');
  t.end();
});

t.test(
  'Go builds once for one state of the code and one version, without credentials, outside the checkout',
  async (t) => {
    const { root, prepare, script, folder } = machine(t, go, {}, { go: '>=1.23' });
    const version = (its: string) =>
      script(
        'go',
        `case "$1" in env) echo go${its} ;; *) env > ${root}/env; pwd >> ${root}/runs; while [ "$1" != -o ]; do shift; done; touch "$2" ;; esac`,
      );
    version('1.23.4');
    t.same(await prepare(), { program: join(folder, 'program') });
    await prepare();
    t.equal(runs(join(root, 'runs')), 1);
    await prepare('two');
    version('1.24.0');
    await prepare('two');
    t.equal(runs(join(root, 'runs')), 3);
    const env = readFileSync(join(root, 'env'), 'utf8');
    t.match(env, 'GOTOOLCHAIN=local');
    t.match(env, 'GOPROXY=https://p');
    t.notMatch(env, /_TOKEN/);
  },
);

t.test('a missing runtime is reported with what was found and the remedy', async (t) => {
  const told = (name: string, parts: [{ create: Make }, object, object], script: string, message: RegExp) =>
    t.test(name, async (t) => {
      const { prepare, script: put } = machine(t, ...parts);
      put(name, script);
      await t.rejects(prepare(), { code: 'toolchain_missing', message });
    });
  const old = /^it needs Go 99\.1 or newer; found 1\.20\.1 \(.*\/bin\/go\).*toolchains\.go\.go/;
  await told('go', [go, {}, { go: '>=99.1' }], 'echo go1.20.1', old);
  const none = /needs Node 20\.0 or newer; found none/;
  await told('node', [node, { node: '/no/such' }, { node: '>=20' }], 'echo 20.1.0', none);
  const never = /needs Deno 99\.0 or newer; found 1\.40\.0/;
  await told('deno', [deno, {}, { deno: '>=99', entry: 'main.ts' }], 'echo "deno 1.40.0"', never);
  const range = /needs Python 3\.98 or newer but older than 3\.99; found /;
  await told('python', [python, {}, { python: '>=3.98 <3.99' }], 'exit 1', range);
});

t.test(
  'an environment for Python is made again when its requirements or its interpreter change',
  async (t) => {
    const packages = { python: '>=3.10', requirements: 'requirements.txt', named: ['more==2'] };
    const { root, bin, folder, prepare } = machine(t, python, {}, packages);
    const made = `mkdir -p "$4/bin"; cp "${bin}/inner" "$4/bin/python"`;
    const fake = (version: string) => {
      fakePython(bin, 'inner', { version });
      fakePython(bin, 'python3', { version, installs: `echo "$@" >> ${root}/runs`, checks: made });
    };
    fake('3.12.1');
    const { python: inside } = await prepare();
    t.equal(inside, join(folder, 'bin', 'python'));
    await prepare('another commit');
    t.equal(runs(join(root, 'runs')), 1, 'the same requirements need nothing new');
    t.match(readFileSync(join(root, 'runs'), 'utf8'), /--python .*install .*-r .*requirements\.txt more==2/);
    writeFileSync(join(root, 'checkout', 'requirements.txt'), 'thing==2');
    await prepare();
    fake('3.12.2');
    writeFileSync(join(folder, 'bin', 'python'), readFileSync(join(bin, 'inner')));
    await prepare();
    t.equal(runs(join(root, 'runs')), 3);
  },
);

t.test("packages for Node come without their scripts, and the registry's words are explained", async (t) => {
  const { root, prepare, script } = machine(t, node, {}, { node: '>=20' });
  mkdirSync(join(root, 'checkout', 'node_modules'));
  writeFileSync(join(root, 'checkout', 'package-lock.json'), '{}');
  script('npm', `echo "$@" >> ${root}/runs; ls > ${root}/ls`);
  const { app } = await prepare();
  t.ok(existsSync(join(app!, 'package-lock.json')));
  t.match(readFileSync(join(root, 'runs'), 'utf8'), /^ci --ignore-scripts/);
  t.notMatch(readFileSync(join(root, 'ls'), 'utf8'), /node_modules/);
  script('npm', 'echo "npm error code ENOTFOUND"; exit 1');
  await t.rejects(prepare('two'), {
    code: 'install_failed',
    message: /the package registry cannot be reached; look at the network/,
  });
});

t.test('while npm prints nothing, its current step is shown as progress', async (t) => {
  const { root, prepare, lines, script } = machine(t, node, {}, { node: '>=20' });
  const fetched =
    'npm http fetch GET 200 https://registry.example.com/thing/-/thing-1.0.0.tgz 3ms (cache miss)';
  script(
    'npm',
    `echo "$@" > ${root}/words; echo "${fetched}" >&2; while [ ! -e ${root}/enough ]; do sleep 0.1; done`,
  );
  const done = prepare();
  const seen = (): string[] =>
    lines.filter((line) => /^fetching its packages \(1 so far, \d+ s\)$/.test(line));
  while (seen().length < 2) await sleep(50);
  writeFileSync(join(root, 'enough'), '');
  await done;
  t.equal(lines[0], 'fetching its packages');
  t.not(seen()[0], seen()[1]);
});

t.test('simultaneous calls of a tool run it once', async (t) => {
  const { root, bin, script } = machine(t, go, {}, { go: '>=1.23' });
  script('tool', `echo asked >> ${root}/runs; while [ ! -e ${root}/enough ]; do sleep 0.1; done; echo 1.2.3`);
  const ask = (signal: AbortSignal) =>
    askVersion(join(bin, 'tool'), ['--version'], { PATH: '/usr/bin:/bin' }, signal);
  const [stays, leaves] = [new AbortController(), new AbortController()];
  const [one, other] = [ask(stays.signal), ask(leaves.signal)];
  while (!existsSync(join(root, 'runs'))) await sleep(20);
  leaves.abort(new Error('enough of it'));
  await t.rejects(other, { message: 'enough of it' }, 'one that leaves takes nothing from the others');
  writeFileSync(join(root, 'enough'), '');
  t.match(await one, { version: [1, 2, 3] });
  t.equal(runs(join(root, 'runs')), 1);
  t.match(await ask(stays.signal), { version: [1, 2, 3] });
  t.equal(runs(join(root, 'runs')), 2, 'nothing old is told later');
});

t.test('the config names runtimes, and mistakes in it are reported', async (t) => {
  await t.resolves(startSwitchyard(t, { toolchains: { python: { python: '/usr/bin/python3' }, go: {} } }));
  await t.rejects(startSwitchyard(t, { toolchains: { pyton: {} } }), {
    message: /toolchains\.pyton: unknown.*'python'/,
  });
  await t.rejects(startSwitchyard(t, { toolchains: { go: { gopher: 1 } } }), {
    message: /toolchains\.go\.gopher: unknown/,
  });
});
