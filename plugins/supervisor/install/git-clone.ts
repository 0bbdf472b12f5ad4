import { withoutCredentials } from '../../../wire/credentials.ts';
import type { Code } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import { askGit, gitEnvironment } from './git.ts';
import { describeExit, Output, runOnce } from '../../../kits/process-kit/index.ts';
import type { FetchJob } from './fetch.ts';
import { replaceFolder } from '../../../kits/feature-kit/index.ts';

type Repository = Extract<Code, { git: string }>;

/** For people: 'https://example.com/it.git@1a2b3c4'. */
export const displaySource = (code: Code): string =>
  'folder' in code ? code.folder : `${withoutCredentials(code.git)}@${code.commit}`;

/**
 * Gets one commit of a repository into its folder, complete or not at all.
 * @throws GatewayError install_failed or toolchain_missing, with the remedy
 */
export function clone(code: Repository, job: FetchJob): Promise<void> {
  const { provider, folder, signal, progress } = job;
  const env = gitEnvironment(job.env, folder);
  progress(`fetching ${displaySource(code)}`);
  return replaceFolder(folder, async (stage) => {
    const output = new Output((line) => {
      const share = /^(?:remote: )?(\w+ objects|Resolving deltas): +(\d+%)/.exec(line);
      if (share) progress(`fetching ${displaySource(code)}: ${share[1]!.toLowerCase()} ${share[2]}`);
    });
    const run = (...words: string[]) => runOnce({ command: ['git', ...words], env, output }, signal);
    // By the beginning of its hash: a branch or tag may have the same name, and lead elsewhere.
    const has = async () => {
      const found = await askGit(stage, ['rev-parse', `--disambiguate=${code.commit}`], { env, signal });
      const wanted = found?.split('\n')[0] || code.commit;
      return askGit(stage, ['rev-parse', '--verify', '--quiet', `${wanted}^{commit}`], { env, signal });
    };

    const fetched = await run('clone', '--no-checkout', '--progress', '--', code.git, stage);
    if (fetched.error?.code === 'ENOENT') throw noGit(provider);
    if (fetched.code !== 0)
      throw notFetched(code, provider, describeExit(fetched, output.lines), output.lines);
    // A server may still give a commit that no branch leads to, when it is asked for by its hash.
    if ((await has()) === undefined) await run('-C', stage, 'fetch', 'origin', code.commit);
    const commit = await has();
    if (commit === undefined) throw noCommit(code, provider);
    const laid = await run('-C', stage, '-c', 'advice.detachedHead=false', 'checkout', '--detach', commit);
    if (laid.code !== 0) throw notFetched(code, provider, describeExit(laid, output.lines), output.lines);
    // An unchanged checkout at this commit may be replaced; any other is the operator's.
    await run('-C', stage, 'config', 'switchyard.commit', commit);
  });
}

function noGit(provider: string): GatewayError {
  return new GatewayError(
    'toolchain_missing',
    `${provider} needs git to be fetched, and there is none; install it (https://git-scm.com/downloads), or put the code somewhere and name it in providers.${provider}.source.folder`,
  );
}

function noCommit(code: Repository, provider: string): GatewayError {
  return new GatewayError(
    'install_failed',
    `${provider}: ${withoutCredentials(code.git)} has no commit ${code.commit}; its history may have been rewritten, or a mirror is behind; name another in providers.${provider}.source: { git, commit }`,
  );
}

const REMEDIES: readonly (readonly [sign: RegExp, remedy: string])[] = [
  [/No space left|Disk quota/, 'the disk is full; make room there'],
  [
    /Could not resolve|Failed to connect|Connection (?:refused|reset|timed out)|unable to access|Network is unreachable|Could not read from remote/i,
    'the server cannot be reached; look at the network and the proxy, or name a mirror: git config --global url.<mirror>.insteadOf <url>',
  ],
  [
    /terminal prompts disabled|Authentication failed|could not read Username|Permission denied|not found|does not exist|does not appear/i,
    'there is no such repository, or it is not public; log git in, or name another in its source: { git, commit }',
  ],
];

function notFetched(code: Repository, provider: string, how: string, lines: readonly string[]): GatewayError {
  const written = lines.join('\n');
  const remedy = REMEDIES.find(([sign]) => sign.test(written))?.[1];
  return new GatewayError(
    'install_failed',
    `${provider} could not be fetched from ${displaySource(code)}: ${remedy ? `${remedy}; ` : ''}git ${withoutCredentials(how)}`,
  );
}
