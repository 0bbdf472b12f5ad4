import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { root } from '../../../gateway.ts';
import { startSwitchyard } from '../../switchyard.ts';
import { run } from '../run.ts';
import { testFolder } from '../../test-folder.ts';

t.test('bash completes subcommands, options, and the names that the running gateway has', async (t) => {
  const switchyard = await startSwitchyard(t, { home: testFolder(t, { bin: {} }), providers: {} });
  const bin = join(t.testdirName, 'bin');
  const own = join(bin, 'switchyard');
  writeFileSync(own, `#!/bin/sh\ncd '${root}' && exec '${process.execPath}' command/client.ts "$@"\n`);
  chmodSync(own, 0o755);
  const { stdout: script } = await run(['completion', 'bash']);
  const complete = async (...words: string[]): Promise<string[]> => {
    const ask = `${script}\nCOMP_WORDS=(switchyard ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _switchyard; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const env = { PATH: `${bin}:${process.env.PATH}`, SWITCHYARD_URL: switchyard.url };
    const { stdout } = await promisify(execFile)('bash', ['--norc', '-c', ask], { env });
    return stdout.trim().split('\n');
  };
  t.strictSame((await complete('st')).toSorted(), ['start', 'status', 'stop', 'strategy']);
  t.strictSame(await complete('hooks', ''), ['install', 'remove', 'status']);
  t.ok((await complete('logs', 'x', '--')).includes('--follow'));
  t.strictSame(await complete('stop', 'grok'), ['grok2api']);
  t.strictSame(await complete('secret', 'set', 'grok'), ['grok2api']);
  t.strictSame(await complete('strategy', 'round'), ['round-robin']);
  t.strictSame(await complete('chat', '--model', 'smol'), ['smollm2-135m-instruct']);
  t.strictSame(await complete('chat', 'hi', '--provider', 'grok'), ['grok2api']);
  t.strictSame(await complete('logs', 'x', '--lines', ''), [''], 'nothing is known of other values');
  await switchyard.close();
  t.strictSame(await complete('stop', ''), [''], 'without a gateway: no names, and no error');
});

t.test('each shell loads its completion script without an error', async (t) => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout } = await run(['completion', shell]);
    t.equal(code, 0);
    for (const name of ['populate', 'doctor', 'restart', 'completion']) t.match(stdout, name, shell);
    if (spawnSync(shell, ['--version']).error) continue;
    const checked = spawnSync(shell, ['-n'], { input: stdout, encoding: 'utf8' });
    t.equal(checked.stderr, '', shell);
  }
  t.match(await run(['completion', 'csh']), { code: 2, stderr: /one of: bash, zsh, fish/ });
});
