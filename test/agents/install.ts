import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, copyFile, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const here = import.meta.dirname;

/** Commands by their name, each with the script of its package that starts it without an installation script. */
const COMMANDS: Readonly<Record<string, string>> = {
  claude: '@anthropic-ai/claude-code/cli-wrapper.cjs',
  codex: '@openai/codex/bin/codex.js',
  gemini: '@google/gemini-cli/bundle/gemini.js',
};

/**
 * The agents that package-lock.json names, installed without scripts into a cache of the user's: they take 900 MB.
 * @returns a folder with their commands
 */
export async function installAgents(): Promise<string> {
  const lock = await readFile(join(here, 'package-lock.json'));
  const version = createHash('sha256').update(lock).digest('hex').slice(0, 12);
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const folder = join(cache, 'switchyard', `agents-${version}`);
  const bin = join(folder, 'bin');
  if (await exists(bin)) return bin;
  console.error(`# installing ${Object.keys(COMMANDS).join(', ')} into ${folder}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const name of ['package.json', 'package-lock.json'])
    await copyFile(join(here, name), join(folder, name));
  await npm(folder, ['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
  const made = `${bin}.new`;
  await mkdir(made);
  for (const [name, script] of Object.entries(COMMANDS))
    await writeCommand(join(made, name), join(folder, 'node_modules', script));
  // It is there only once all of it is.
  await rename(made, bin);
  return bin;
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function writeCommand(path: string, script: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\nexec '${process.execPath}' '${script}' "$@"\n`);
  await chmod(path, 0o755);
}

async function npm(cwd: string, args: readonly string[]): Promise<void> {
  const PATH = `${dirname(process.execPath)}:${process.env.PATH}`;
  const child = spawn('npm', args, {
    cwd,
    env: { ...process.env, PATH },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`npm ${args.join(' ')} failed in ${cwd}`);
}
