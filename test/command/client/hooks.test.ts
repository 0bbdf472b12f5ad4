import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { tinyProgram } from '../../tiny-program.ts';
import { run } from '../run.ts';

const NAMES = ['post-merge', 'post-checkout', 'post-rewrite'];

/** A person's repository and what is pulled into it. */
function start(t: Test) {
  const tiny = tinyProgram(t);
  const { env, folder } = tiny.there;
  const upstream = join(folder, 'upstream');
  const top = join(folder, "it's mine");
  const git = (at: string, ...words: string[]): string => {
    const author = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
    return execFileSync('git', ['-C', at, ...author, ...words], {
      env,
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  };
  mkdirSync(upstream);
  git(upstream, 'init', '--quiet', '--initial-branch', 'main');
  const commit = (text: string) => {
    writeFileSync(join(upstream, 'file'), text);
    git(upstream, 'add', '--all');
    git(upstream, 'commit', '--quiet', '-m', text);
  };
  commit('first');
  git(folder, 'clone', '--quiet', upstream, top);
  const config = join(folder, 'switchyard.yaml');
  const write = (source: object) =>
    writeFileSync(
      config,
      JSON.stringify({ home: tiny.home, providers: { tiny: { use: tiny.plugin, source, start: 'manual' } } }),
    );
  write(tiny.source);
  const hooks = (what: string) => run(['hooks', what, '--repository', top, '--config', config], { env });
  const hook = (name = 'post-merge') => join(top, '.git/hooks', name);
  return { tiny, env, top, git, commit, write, config, hooks, hook };
}

t.test('after a pull fetched programs are updated, and the pull does not wait', async (t) => {
  const { tiny, env, top, git, commit, write, config, hooks } = start(t);
  await run(['populate', '--here', '--config', config], { env });
  t.match(await hooks('status'), { code: 0, stdout: /^post-merge\tnot installed\t/ });
  const installed = await hooks('install');
  t.match(
    installed,
    { code: 0, stdout: /post-merge\tinstalled\t.*\npost-checkout\tinstalled\t.*\npost-rewrite\tinstalled/ },
    installed.stderr,
  );
  write(tiny.change('// pulled\n'));
  commit('second');
  git(top, 'pull', '--quiet');
  const file = join(tiny.home, 'prepared/tiny/app/main.mjs');
  const log = join(top, '.git/switchyard.log');
  while (!/tiny\t/.test(existsSync(log) ? readFileSync(log, 'utf8') : '')) await sleep(100);
  t.match(readFileSync(log, 'utf8'), 'tiny\tstopped\tinstalled\n');
  t.match(readFileSync(file, 'utf8'), /\/\/ pulled\n$/);
});

t.test('a failed update does not fail the pull, and a checkout of single files starts none', async (t) => {
  const { top, git, commit, write, hooks } = start(t);
  await hooks('install');
  write({ git: 'https://git.example.com/nothing.git', commit: '0123456789' });
  commit('second');
  t.doesNotThrow(() => git(top, 'pull', '--quiet'));
  const log = join(top, '.git/switchyard.log');
  while (!existsSync(log)) await sleep(100);
  const { mtimeMs } = statSync(log);
  git(top, 'checkout', '--quiet', 'HEAD', '--', 'file');
  await sleep(100);
  t.equal(statSync(log).mtimeMs, mtimeMs);
});

t.test("a person's own hook stays and still runs, and remove takes just the block away", async (t) => {
  const { top, git, commit, hooks, hook } = start(t);
  const own = '#!/bin/bash\nset -e\necho mine >> ran\nexit 3\n';
  writeFileSync(hook(), own);
  chmodSync(hook(), 0o755);
  t.equal((await hooks('install')).code, 0);
  t.equal((await hooks('install')).code, 0, 'twice is once');
  t.equal(readFileSync(hook(), 'utf8').split('>>> switchyard').length, 2);
  commit('second');
  try {
    git(top, 'pull', '--quiet');
  } catch {
    // Its own exit code is its own affair.
  }
  t.equal(readFileSync(join(top, 'ran'), 'utf8'), 'mine\n');
  t.equal((await hooks('remove')).code, 0);
  t.equal(readFileSync(hook(), 'utf8'), own);
  for (const name of NAMES.slice(1)) t.notOk(existsSync(hook(name)), `${name} was ours alone`);
  t.match(await hooks('remove'), { code: 0, stdout: /post-merge\tnot installed/ }, 'twice is no mistake');
});

t.test('where one hook cannot be extended no hook changes, and the reason is reported', async (t) => {
  const { top, hooks, hook, tiny } = start(t);
  for (const [make, says] of [
    [() => writeFileSync(hook(), '#!/usr/bin/env python3\n', { mode: 0o755 }), /is not a shell script/],
    [() => writeFileSync(hook(), '#!/bin/sh\n', { mode: 0o644 }), /is not executable/],
    [() => symlinkSync(join(top, 'file'), hook()), /is a link to/],
  ] as const) {
    execFileSync('rm', ['-f', hook()]);
    make();
    const refused = await hooks('install');
    t.match(refused, { code: 1, stderr: says });
    t.match(refused.stderr, /let it run: switchyard populate --populated --here/);
    t.notOk(existsSync(hook('post-checkout')), 'none was installed');
  }
  const nowhere = await run([
    'hooks',
    'status',
    '--repository',
    join(tiny.there.folder, '..', '..', '..', '..', '..'),
  ]);
  t.match(nowhere, { code: 1, stderr: /is not in a git repository/ });
});

t.test("git's core.hooksPath is honoured, and shared hooks run for their own repository only", async (t) => {
  const { top, git, hooks, env } = start(t);
  git(top, 'config', 'core.hooksPath', 'shared hooks');
  t.equal((await hooks('install')).code, 0);
  const file = join(top, 'shared hooks', 'post-merge');
  t.ok(statSync(file).mode & 0o100);
  const other = join(top, '..', 'other');
  mkdirSync(other);
  git(other, 'init', '--quiet');
  execFileSync(file, [], { cwd: other, env });
  t.notOk(existsSync(join(other, '.git/switchyard.log')));
  t.equal((await hooks('remove')).code, 0);
  t.notOk(existsSync(file));
});
