import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { fetchCode } from '../../../../plugins/supervisor/install/fetch.ts';
import { repositories } from '../../../providers/repositories.ts';

const REPOSITORY = 'https://git.example.com/it.git';

function place(t: Test) {
  const there = repositories(t);
  const folder = join(there.folder, 'apis', 'it');
  const lines: string[] = [];
  const remarks: string[] = [];
  const get = (commit: string, more: { git?: string; subfolder?: string } = {}, env = there.env) =>
    fetchCode({
      provider: 'it',
      code: { git: REPOSITORY, commit, ...more },
      folder,
      env,
      signal: new AbortController().signal,
      progress: (line) => lines.push(line),
      remark: (line) => remarks.push(line),
    });
  const file = (name = 'a') => readFileSync(join(folder, name), 'utf8');
  return {
    ...there,
    folder,
    lines,
    remarks,
    get,
    file,
    beside: () => readdirSync(join(there.folder, 'apis')),
  };
}

t.test("one commit is fetched, by an abbreviated name, with git's own settings", async (t) => {
  const { commit, get, file, lines, beside, folder } = place(t);
  const first = commit(REPOSITORY, { a: 'first' });
  commit(REPOSITORY, { a: 'second' });
  t.strictSame(await get(first.slice(0, 8)), { folder, state: first.slice(0, 8) });
  t.equal(file(), 'first');
  t.match(lines[0], /^fetching https:\/\/git\.example\.com\/it\.git@/);
  const said = lines.length;
  await get(first.slice(0, 8));
  t.equal(lines.length, said, 'nothing is fetched twice');
  t.strictSame(beside(), ['it']);
});

t.test('a tag with the name of a commit does not replace it', async (t) => {
  const { commit, git, get, file } = place(t);
  const first = commit(REPOSITORY, { a: 'first' });
  commit(REPOSITORY, { a: 'second' });
  git(REPOSITORY, 'tag', first.slice(0, 8), 'HEAD');
  await get(first.slice(0, 8));
  t.equal(file(), 'first');
});

t.test("the gateway's checkout is replaced when another commit is configured", async (t) => {
  const { commit, get, file, remarks } = place(t);
  await get(commit(REPOSITORY, { a: 'first' }));
  await get(commit(REPOSITORY, { a: 'second' }));
  t.equal(file(), 'second');
  t.strictSame(remarks, []);
});

t.test('a checkout that the operator changed is used unchanged, and that is reported', async (t) => {
  const { commit, get, file, remarks, folder } = place(t);
  const first = commit(REPOSITORY, { a: 'first' });
  await get(first);
  writeFileSync(join(folder, 'a'), 'mine');
  const changed = await get(commit(REPOSITORY, { a: 'second' }));
  t.equal(file(), 'mine');
  t.match(remarks, [/it is used as it is: it has local changes/]);
  t.match(changed.state, /^files /);
  writeFileSync(join(folder, 'a'), 'mine too');
  t.not((await get(first)).state, changed.state, 'each change makes it another');
});

t.test("neither the operator's commit nor a folder that is no checkout is lost", async (t) => {
  const { commit, get, file, remarks, folder, env } = place(t);
  await get(commit(REPOSITORY, { a: 'first' }));
  writeFileSync(join(folder, 'a'), 'mine');
  const author = ['-c', 'user.name=x', '-c', 'user.email=x@example.com'];
  execFileSync('git', ['-C', folder, ...author, 'commit', '--quiet', '-am', 'mine'], { env });
  await get(commit(REPOSITORY, { a: 'second' }));
  t.equal(file(), 'mine');
  t.match(remarks.pop(), /which was not fetched by the gateway/);
  rmSync(join(folder, '.git'), { recursive: true });
  await get(commit(REPOSITORY, { a: 'third' }));
  t.equal(file(), 'mine');
  t.match(remarks.pop(), /it is no git checkout/);
});

t.test('a broken checkout is set aside and fetched again, and a partial one is removed', async (t) => {
  const { commit, get, file, remarks, folder, beside } = place(t);
  const first = commit(REPOSITORY, { a: 'first' });
  mkdirSync(join(folder, '.git'), { recursive: true });
  mkdirSync(`${folder}.partial-999999999`, { recursive: true });
  await get(first);
  t.equal(file(), 'first');
  t.match(remarks, [/is a broken checkout; it was moved to/]);
  t.strictSame(beside().sort(), ['it', 'it.broken']);
});

t.test('a missing commit is reported with its repository and a remedy, and nothing is left', async (t) => {
  const { commit, get, folder } = place(t);
  commit(REPOSITORY, { a: 'first' });
  await t.rejects(get('0123456789abcdef0123456789abcdef01234567'), {
    code: 'install_failed',
    message:
      /it: https:\/\/git\.example\.com\/it\.git has no commit 0123456.*name another in providers\.it\.source/,
  });
  t.notOk(existsSync(folder));
});

t.test('no repository, no git, no such folder: each has its remedy', async (t) => {
  const { commit, get, env, folder } = place(t);
  const first = commit(REPOSITORY, { a: 'first' });
  const git = join(folder, '..', 'nothing.git');
  await t.rejects(get(first, { git }), { code: 'install_failed', message: /there is no such repository/ });
  await t.rejects(get(first, {}, { ...env, PATH: '/nowhere' }), {
    code: 'toolchain_missing',
    message: /needs git to be fetched, and there is none; install it/,
  });
  await t.rejects(get(first, { subfolder: 'no/such' }), { message: /has no folder 'no\/such'/ });
  t.match(await get(commit(REPOSITORY, { 'sub/b': '' }), { subfolder: 'sub' }), {
    folder: join(folder, 'sub'),
  });
});

t.test("git gets the operator's settings and no secrets", async (t) => {
  const { commit, get, env, folder } = place(t);
  const bin = join(folder, '..', '..', 'bin');
  mkdirSync(bin);
  const script = `#!/bin/sh\nenv >> ${bin}/env\nexec /usr/bin/env PATH=${env.PATH} git "$@"\n`;
  writeFileSync(join(bin, 'git'), script, { mode: 0o755 });
  await get(commit(REPOSITORY, { a: '' }), {}, {
    ...env,
    PATH: `${bin}:${env.PATH}`,
    OPENAI_API_KEY: 'k',
    GROK_SSO: 's',
    https_proxy: 'http://proxy.example',
    GIT_DIR: '/elsewhere',
  } as typeof env);
  const seen = readFileSync(join(bin, 'env'), 'utf8');
  t.match(seen, 'GIT_TERMINAL_PROMPT=0');
  t.match(seen, 'https_proxy=http://proxy.example');
  t.match(seen, 'GIT_CONFIG_GLOBAL=');
  t.notMatch(seen, /OPENAI_API_KEY|GROK_SSO|GIT_DIR=/);
});
