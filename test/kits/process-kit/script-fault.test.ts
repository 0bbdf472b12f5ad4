import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { supervise } from '../../plugins/supervisor/supervise.ts';
import { testFolder } from '../../test-folder.ts';

const skip = process.platform === 'win32' ? 'has no scripts of this kind' : false;
const CRLF = /run\.sh has Windows line ends \(CR LF\), .*sed -i 's\/\\r\$\/\/' .*run\.sh/;
const line = `exec '${process.execPath}' --version`;

const CASES: readonly [what: string, text: string, command: (file: string) => string[], message: RegExp][] = [
  ['CR LF after sh', `#!/bin/sh\r\n${line}\r\n`, (file) => [file], CRLF],
  ['CR LF after env', `#!/usr/bin/env sh\r\n${line}\r\n`, (file) => [file], CRLF],
  ['CR LF after an option', `#!/bin/sh -e\r\n${line}\r\n`, (file) => [file], CRLF],
  [
    'CR LF in what a shell is given',
    `if true\r\nthen exit 0\r\nfi\r\nexit 3\r\n`,
    (file) => ['sh', file],
    CRLF,
  ],
  ['a byte order mark', `\uFEFF#!/nowhere/sh\nexit 3\n`, (file) => [file], /begins with a byte order mark/],
  [
    'no such interpreter',
    `#!/nowhere/python2\n`,
    (file) => [file],
    /asks for \/nowhere\/python2, which is not there/,
  ],
  ['no such file', '', (file) => [`${file}.not`], /could not be run: .*run\.sh\.not is not there/],
  [
    'no such program',
    '',
    () => ['no-such-program-here'],
    /could not be run: no-such-program-here is not there/,
  ],
];

for (const [what, text, command, message] of CASES)
  t.test(`${what} is reported as that`, { skip }, async (t) => {
    const folder = testFolder(t, {});
    const file = join(folder, 'run.sh');
    writeFileSync(file, text);
    chmodSync(file, 0o755);
    const { one } = supervise(t, 'serve', { folder, spec: { command: command(file) } });
    await t.rejects(one.start('the test'), { code: 'process_failed', message });
    t.equal(one.state, 'failed', 'it does not heal by being tried again');
  });

t.test('so are a file that is not executable, and a missing working directory', { skip }, async (t) => {
  const folder = testFolder(t, { 'run.sh': '#!/bin/sh\n' });
  chmodSync(join(folder, 'run.sh'), 0o644);
  const { one } = supervise(t, 'serve', { folder, spec: { command: [join(folder, 'run.sh')] } });
  await t.rejects(one.start('the test'), { message: /run\.sh must not be run; chmod \+x/ });
  const { one: other } = supervise(t, 'serve', { folder, spec: { cwd: join(folder, 'nowhere') } });
  await t.rejects(other.start('the test'), { message: /its working directory .*nowhere is not there/ });
});

t.test('a valid script that fails is reported with its own exit', { skip }, async (t) => {
  const folder = testFolder(t, { 'run.sh': '#!/bin/sh\necho oh no\nexit 3\n' });
  const file = join(folder, 'run.sh');
  chmodSync(file, 0o755);
  for (const command of [[file], ['sh', file], ['sh', '-c', 'echo oh no; exit 3']]) {
    const { one } = supervise(t, 'serve', { folder, spec: { command } });
    await t.rejects(one.start('the test'), { message: 'stand-in exited with code 3; last lines: oh no' });
    await one.stop('the test');
  }
});
