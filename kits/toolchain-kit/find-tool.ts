import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { GatewayError } from '../../core/errors.ts';
import { askTool } from './ask-tool.ts';
import { fits, inWords, parseVersion, versionText, type Version } from './version.ts';

export interface Tool {
  readonly path: string;
  readonly version: Version;
}

type Environment = Readonly<Record<string, string>>;

/** Every executable file of that name on the PATH and in the folders beside it. */
export async function onPath(
  name: string,
  env: Environment,
  beside: readonly string[] = [],
): Promise<string[]> {
  const files = process.platform === 'win32' ? [`${name}.exe`, `${name}.cmd`] : [name];
  const folders = [...(env.PATH ?? '').split(delimiter).filter(Boolean), ...beside];
  const paths = [...new Set(folders)].flatMap((folder) => files.map((file) => join(folder, file)));
  const runs = await Promise.all(paths.map(isExecutable));
  return paths.filter((_, index) => runs[index]);
}

export function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** @returns undefined: it does not run, or tells no version */
export async function askVersion(
  path: string,
  words: readonly string[],
  env: Environment,
  signal: AbortSignal,
): Promise<Tool | undefined> {
  const version = parseVersion((await askTool({ command: path, words, env }, signal)) ?? '');
  return version && { path, version };
}

interface Search {
  /** versions that will do */
  readonly range: string;
  /** where it may be, the likeliest first */
  readonly paths: readonly string[];
  /** what it is asked for its version with; `--version` unless said */
  readonly words?: readonly string[];
  readonly env: Environment;
  readonly signal: AbortSignal;
  /** what else must be true of it */
  readonly suits?: (path: string) => Promise<boolean>;
}

/** The first tool whose version fits, and what was found before it, for people. */
export async function searchTool({
  range,
  paths,
  words = ['--version'],
  env,
  signal,
  suits = async () => true,
}: Search): Promise<{ readonly tool?: Tool; readonly seen: readonly string[] }> {
  const seen = new Set<string>();
  for (const path of paths) {
    const tool = await askVersion(path, words, env, signal);
    if (tool && fits(tool.version, range) && (await suits(path))) return { tool, seen: [...seen] };
    if (tool) seen.add(`${versionText(tool.version)} (${path})`);
  }
  return { seen: [...seen] };
}

/** A tool as an error names it. */
export interface ToolName {
  /** 'Go' */
  readonly what: string;
  /** where people get it */
  readonly url: string;
  /** the config's option that names one: 'toolchains.go.go' */
  readonly option: string;
}

/**
 * The first tool whose version fits.
 * @throws GatewayError toolchain_missing, with what was found instead and the remedy
 */
export async function findTool(provider: string, name: ToolName, search: Search): Promise<Tool> {
  const { tool, seen } = await searchTool(search);
  if (tool) return tool;
  throw toolMissing(provider, name, search.range, seen);
}

/** @param besides what else was tried */
export function toolMissing(
  provider: string,
  { what, url, option }: ToolName,
  range: string,
  seen: readonly string[],
  besides = '',
): GatewayError {
  return new GatewayError(
    'toolchain_missing',
    `${provider} needs ${what} ${inWords(range)}; found ${seen.join(', ') || 'none'}${besides}; install one (${url}) or name one in ${option}`,
  );
}
