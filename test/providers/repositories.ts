import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Test } from 'tap';

/** Repositories of this machine that answer under the URLs of others, as `git config url.X.insteadOf` does it. */
export interface Repositories {
  /** what a program that calls git must have in its environment */
  readonly env: Record<string, string>;
  /** Makes a repository or adds a commit to it. @returns the commit */
  commit(url: string, files: Record<string, string>): string;
  /** Runs git in a repository that is there. */
  git(url: string, ...words: string[]): string;
  readonly folder: string;
}

export function repositories(t: Test): Repositories {
  // What a program has written last may come while this is cleared away.
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'switchyard-test-'));
  t.teardown(() => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }));
  mkdirSync(join(folder, 'repositories'));
  writeFileSync(join(folder, 'git.config'), '');
  const file = join(folder, 'git.config');
  const known = new Map<string, string>();
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    GIT_CONFIG_GLOBAL: file,
    GIT_CONFIG_NOSYSTEM: '1',
    // Where one of them is not there, git must not take the repository around it.
    GIT_CEILING_DIRECTORIES: folder,
  };
  const git = (at: string, ...words: string[]): string => {
    const author = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
    return execFileSync('git', ['-C', at, ...author, ...words], { env, encoding: 'utf8' }).trim();
  };
  return {
    env,
    folder,
    git: (url, ...words) => git(known.get(url)!, ...words),
    commit(url, files) {
      let place = known.get(url);
      if (place === undefined) {
        known.set(url, (place = join(folder, 'repositories', `${known.size}.git`)));
        mkdirSync(place);
        git(place, 'init', '--quiet', '--initial-branch', 'main');
        const settings = [...known].map(([its, at]) => `[url "${at}"]\n\tinsteadOf = ${its}\n`);
        writeFileSync(file, settings.join(''));
      }
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(place, path)), { recursive: true });
        writeFileSync(join(place, path), text);
      }
      git(place, 'add', '--all');
      git(place, 'commit', '--quiet', '--allow-empty', '-m', 'more');
      return git(place, 'rev-parse', 'HEAD');
    },
  };
}
