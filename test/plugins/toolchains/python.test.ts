import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { Test } from 'tap';
import type { Host } from '../../../core/contracts/index.ts';
import python from '../../../plugins/toolchains/python.ts';
import { gone } from '../supervisor/supervise.ts';
import { fakePython } from './fake-python.ts';
import { testFolder } from '../../test-folder.ts';

if (process.platform === 'win32') {
  t.plan(0, 'the stand-ins are shell scripts');
  process.exit();
}

/** A machine whose PATH has one folder of its own before the system's. */
function machine(t: Test, env: Record<string, string> = {}) {
  const root = testFolder(t, { bin: {}, home: {}, 'requirements.txt': 'thing==1 --hash=sha256:00' });
  const bin = join(root, 'bin');
  const folder = join(root, 'home', 'thing');
  const requirements = join(root, 'requirements.txt');
  const lines: string[] = [];
  const host = { env: { PATH: `${bin}:/usr/bin:/bin`, HOME: root, ...env } } as unknown as Host;
  const prepare = (
    options: { python?: string } = {},
    packages: object = {},
    signal = new AbortController().signal,
  ) =>
    python.create(options, host).prepare({
      provider: 'thing',
      packages: { requirements, python: '>=3.10', ...packages },
      folder,
      signal,
      progress: (line) => lines.push(line),
    });
  return { bin, folder, requirements, lines, prepare, beside: () => readdirSync(join(root, 'home')) };
}

const counting = 'mkdir -p "$LIB"; echo run >> "$HOME/runs"';
const runsIn = (bin: string) =>
  readFileSync(join(bin, '..', 'runs'), 'utf8')
    .trim()
    .split('\n').length;

t.test('it installs once, into a folder of its own', async (t) => {
  const { bin, folder, lines, prepare, beside } = machine(t);
  const executable = fakePython(bin, 'python3', { installs: counting });
  const values = { python: executable, lib: join(folder, 'lib') };
  t.strictSame(await prepare(), values);
  t.strictSame(await prepare(), values);
  t.equal(runsIn(bin), 1);
  t.strictSame(beside(), ['thing'], 'nothing else is left');
  t.strictSame(readdirSync(folder).sort(), ['installed.json', 'lib']);
  t.ok(lines.length > 0);
});

t.test('other pins are installed again, in the place of the old', async (t) => {
  const { bin, folder, requirements, prepare, beside } = machine(t);
  fakePython(bin, 'python3', { installs: counting });
  await prepare();
  writeFileSync(join(folder, 'lib', 'old'), '');
  writeFileSync(requirements, 'thing==2 --hash=sha256:00');
  await prepare();
  t.equal(runsIn(bin), 2);
  t.notOk(existsSync(join(folder, 'lib', 'old')));
  t.strictSame(beside(), ['thing']);
});

t.test('an interpreter that has gone is replaced without installing again', async (t) => {
  const { bin, prepare } = machine(t);
  const first = fakePython(bin, 'python3', { installs: counting });
  const second = fakePython(bin, 'python3.13', { version: '3.13.0', installs: counting });
  t.equal((await prepare()).python, first);
  writeFileSync(first, '');
  t.equal((await prepare()).python, first, 'as long as it seems to be there it is not asked');
  t.equal((await prepare({ python: second })).python, second, 'the config goes before what was found');
  t.equal(runsIn(bin), 1);
});

t.test('pip is told to take what was pinned and nothing else, and knows no secret', async (t) => {
  const { bin, folder, prepare } = machine(t, {
    OPENAI_API_KEY: 'k',
    PIP_INDEX_URL: 'https://mirror.example/simple',
    PIP_TARGET: '/elsewhere',
    https_proxy: 'http://proxy.example',
    GITHUB_TOKEN: 't',
    DATABASE_URL: 'd',
  });
  fakePython(bin, 'python3', { installs: 'mkdir -p "$LIB"; env > "$LIB/env"; echo "$@" > "$LIB/argv"' });
  await prepare();
  const argv = readFileSync(join(folder, 'lib', 'argv'), 'utf8');
  for (const word of ['--no-deps', '--require-hashes', '--only-binary :all:', '--no-input'])
    t.match(argv, word);
  const env = readFileSync(join(folder, 'lib', 'env'), 'utf8');
  t.match(env, 'PIP_INDEX_URL=https://mirror.example/simple');
  t.match(env, 'https_proxy=http://proxy.example');
  t.notMatch(env, /API_KEY|TOKEN|DATABASE|PIP_TARGET/);
});

t.test('its progress is reported', async (t) => {
  const { bin, lines, prepare } = machine(t);
  const installs = [
    'echo "Collecting thing==1"',
    'echo "  Downloading thing-1-py3-none-any.whl (2.0 MB)"',
    'mkdir "$TMPDIR/unpack"; head -c 1200000 /dev/zero > "$TMPDIR/unpack/thing-1-py3-none-any.whl"; sleep 1.2',
    'echo "Installing collected packages: thing"; mkdir -p "$LIB"',
  ];
  fakePython(bin, 'python3', { installs: installs.join('\n') });
  await prepare({}, { check: 'import thing' });
  t.ok(lines.includes('fetching thing (1 of 2.0 MB)'));
  t.strictSame(
    [...new Set(lines)].filter((line) => !line.startsWith('fetching')),
    ['looking for Python', 'asking the package index', 'looking for thing==1', 'unpacking', 'trying it'],
  );
});

t.test('a failed installation has its reason, and leaves no partial one', async (t) => {
  const { bin, prepare, beside } = machine(t);
  fakePython(bin, 'python3', {
    installs: 'mkdir -p "$LIB"; echo "ERROR: No matching distribution found for thing==1" >&2; exit 1',
  });
  await t.rejects(prepare(), {
    code: 'install_failed',
    message:
      /^thing could not be installed: the package index has none that fits this machine \(x86_64-pc-linux-musl, Python 3\.12\.1\).*code 1; last lines: ERROR: No matching/,
  });
  t.strictSame(beside(), []);
});

t.test('an installation that does not run is reported, and not kept', async (t) => {
  const { bin, prepare, beside } = machine(t);
  fakePython(bin, 'python3', { checks: 'kill -s ILL $$' });
  const message = /does not run on this machine .*the processor lacks an instruction/;
  await t.rejects(prepare({}, { check: 'import thing' }), { code: 'install_failed', message });
  t.strictSame(beside(), []);
});

t.test('an installation can be stopped, with all that it started', async (t) => {
  const { bin, prepare, beside } = machine(t);
  fakePython(bin, 'python3', {
    installs: 'sleep 60 & echo $! > "$HOME/pid.tmp"; mv "$HOME/pid.tmp" "$HOME/pid"; wait',
  });
  const stop = new AbortController();
  const preparing = t.rejects(prepare({}, {}, stop.signal), { message: 'enough' });
  const file = join(bin, '..', 'pid');
  while (!existsSync(file)) await sleep(10);
  stop.abort(new Error('enough'));
  await preparing;
  t.ok(await gone(Number(readFileSync(file, 'utf8'))));
  t.strictSame(beside(), []);
});

t.test('packages that it does not understand are refused', async (t) => {
  const { prepare } = machine(t);
  await t.rejects(prepare({}, { python: '3' }), {
    code: 'install_failed',
    message: /its packages are not right: data\/python must match/,
  });
});
