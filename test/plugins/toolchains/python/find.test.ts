import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { candidates } from '../../../../plugins/toolchains/python/candidates.ts';
import { explainInstall } from '../../../../plugins/toolchains/python/failure.ts';
import { findPython } from '../../../../plugins/toolchains/python/find.ts';
import { fakePython } from '../fake-python.ts';
import { testFolder } from '../../../test-folder.ts';

if (process.platform === 'win32') {
  t.plan(0, 'the stand-ins are shell scripts');
  process.exit();
}

const { signal } = new AbortController();
const env = { PATH: '/usr/bin:/bin' };

function find(commands: readonly string[], configured?: string) {
  return findPython({ provider: 'thing', range: '>=3.10', configured, env, signal, commands });
}

function pythons(t: Test, ...fakes: readonly Parameters<typeof fakePython>[2][]) {
  const folder = testFolder(t, {});
  return fakes.map((fake, index) => fakePython(folder, `python-${index}`, fake));
}

t.test('the first that is new enough and has pip is taken', async (t) => {
  const commands = pythons(
    t,
    { version: '3.9.2' },
    { pip: false },
    { implementation: 'PyPy' },
    { version: '3.10.0' },
    {},
  );
  const { python, installer } = await find(['/nowhere/python', ...commands]);
  t.equal(python.executable, commands[3]);
  t.equal(installer, python);
});

t.test('the pip of another installs for one that has none', async (t) => {
  const commands = pythons(t, { version: '2.7.18' }, { version: '3.12.0', pip: false }, { version: '3.9.2' });
  const { python, installer } = await find(commands);
  t.strictSame([python.executable, installer.executable], [commands[1], commands[2]]);
});

t.test('no suitable one: the error has what was found, and the remedy', async (t) => {
  const commands = pythons(t, { version: '3.9.2' }, { version: '3.12.0', implementation: 'PyPy' });
  await t.rejects(find(commands), {
    code: 'toolchain_missing',
    message: `thing needs Python 3.10 or newer; found 3.9.2 (${commands[0]}), PyPy 3.12.0 (${commands[1]}); install one (https://www.python.org/downloads/) or name one in toolchains.python.python`,
  });
  await t.rejects(find([]), { code: 'toolchain_missing', message: /newer; found none; install one/ });
});

t.test('a missing pip is reported', async (t) => {
  const commands = pythons(t, { pip: false });
  await t.rejects(find(commands), {
    code: 'toolchain_missing',
    message: /needs pip, which Python 3\.12\.1 .* lacks.*apt install python3-pip/,
  });
});

t.test('the interpreter that the config names is the only candidate', async (t) => {
  const [old, good] = pythons(t, { version: '3.8.0' }, {}) as [string, string];
  t.equal((await find([old], good)).python.executable, good);
  await t.rejects(find([good], old), {
    message: /toolchains\.python\.python names .*python-0, which is 3\.8\.0/,
  });
  await t.rejects(find([good], '/nowhere/python'), {
    message: /names \/nowhere\/python, which is no Python that runs/,
  });
});

t.test("pyenv's and uv's interpreters are candidates, the newest first", (t) => {
  const versions = { '3.9.1': {}, '3.13.0': {}, '3.10.2': {} };
  const HOME = testFolder(t, {
    '.pyenv': { versions },
    '.local': { share: { uv: { python: { 'cpython-3.12': {} } } } },
  });
  t.strictSame(
    candidates({ HOME }, []).filter((command) => command.startsWith(HOME)),
    [
      ...['3.13.0', '3.10.2', '3.9.1'].map((version) =>
        join(HOME, '.pyenv/versions', version, 'bin/python3'),
      ),
      join(HOME, '.local/share/uv/python/cpython-3.12/bin/python3'),
    ],
  );
  t.end();
});

const failures = {
  'ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device':
    /the disk that holds \/folder is full/,
  'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.':
    /other files than the pinned ones/,
  "WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError'\nERROR: No matching distribution found for thing":
    /cannot be reached/,
  "WARNING: connection broken by 'SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]":
    /PIP_CERT/,
  'ERROR: No matching distribution found for thing==1': /none that fits this machine/,
  'something new': /^thing could not be installed: pip exited with code 1; last lines: something new$/,
};

t.test("pip's failures are explained", async (t) => {
  const [command] = pythons(t, {}) as [string];
  const { python } = await find([command]);
  for (const [written, explained] of Object.entries(failures)) {
    const lines = written.split('\n');
    const error = explainInstall({
      provider: 'thing',
      folder: '/folder',
      python,
      exit: { code: 1, signal: null },
      lines,
    });
    t.match(error, { code: 'install_failed', message: explained });
  }
});
