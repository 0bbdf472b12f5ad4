import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { place } from '../installation.ts';
import { EXIT, Failure } from './fail.ts';
import { blockFor } from './hooks/block.ts';
import { Hook, NAMES } from './hooks/hook.ts';
import { show, type Run, type Subcommand } from './subcommand.ts';
import { table } from './table.ts';

export const hooks: Subcommand = {
  name: 'hooks',
  takes: 'install | remove | status [--repository FOLDER] [--config FILE]',
  does: 'installs or removes git hooks that keep fetched programs up to date',
  about: `After a pull, a checkout of a branch and a rebase, git runs switchyard populate --populated --here in the background.
The pull does not wait for it and does not fail with it. Its output is in switchyard.log in the repository's git folder.

A hook of your own is kept. If it is a shell script, a marked block is added, which 'hooks remove' removes.
--repository FOLDER is the repository (default: that of this installation), --config FILE the config.`,
  words: [1, 1],
  options: { repository: 'FOLDER', config: 'FILE' },
  completes: ['install', 'remove', 'status'],
  async run(given) {
    const what = given.args[0] as string;
    if (what !== 'install' && what !== 'remove' && what !== 'status')
      throw new Failure(`hooks: '${what}' must be one of: install, remove, status`, EXIT.usage);
    const all = await hooksOf(given);
    const changes = what === 'status' ? [] : all.map((hook) => hook.plan(what));
    // All are checked before one is changed: either all of them change or none.
    for (const change of changes) await change();
    const rows = all.map((hook) => ({ hook: hook.name, state: hook.state(), file: hook.file }));
    show(given, { hooks: rows }, () =>
      table(
        ['hook', 'state', 'file'],
        rows.map(({ hook, state, file }) => [hook, state, file]),
        given.people,
      ),
    );
  },
};

async function hooksOf({ options }: Run): Promise<Hook[]> {
  const { repository, config } = options;
  const folder = typeof repository === 'string' ? resolve(repository) : place;
  const top = await git(folder, 'rev-parse', '--show-toplevel');
  // git's own paths: core.hooksPath, and the common folder of worktrees.
  const folderOfHooks = resolve(top, await git(top, 'rev-parse', '--git-path', 'hooks'));
  const block = blockFor({
    top,
    node: process.execPath,
    client: fileURLToPath(new URL('../client.ts', import.meta.url)),
    ...(typeof config === 'string' && { config: resolve(config) }),
  });
  return NAMES.map((name) => new Hook(name, folderOfHooks, block));
}

async function git(folder: string, ...words: string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('git', ['-C', folder, ...words]);
    return stdout.trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Failure(
      code === 'ENOENT'
        ? 'hooks need git, which is not installed: https://git-scm.com/downloads'
        : `${folder} is not in a git repository; name one with --repository FOLDER`,
    );
  }
}
