import { runTool, type Remedy, type ToolRun } from './run-tool.ts';

/** Variables that npm may have: where its packages come from. It reads the operator's .npmrc by itself. */
export const NPM_VARIABLES =
  /^npm_config_(registry|cache|cafile|https?_proxy|proxy|noproxy|strict_ssl|userconfig)$/i;

/** Scripts of packages would run unknown code on the operator's machine unasked. */
const QUIETLY = ['--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', '--no-update-notifier'];

const REMEDIES: readonly Remedy[] = [
  [
    /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|network/i,
    'the package registry cannot be reached; look at the network, or name a mirror (npm config set registry URL)',
  ],
  [/E404|ETARGET|No matching version/, 'the package registry has no such package or version'],
];

interface NpmRun extends Omit<ToolRun, 'command' | 'remedies'> {
  readonly npm: string;
  /** its subcommand and that one's options */
  readonly words: readonly string[];
  /** what is installed; undefined: what the folder's package.json names */
  readonly packages?: readonly string[];
  /** what helps, before npm's usual remedies */
  readonly remedies?: readonly Remedy[];
}

/**
 * Runs `npm install` or `npm ci` without scripts of packages.
 * @throws GatewayError install_failed with its last words and the remedy
 */
export function runNpm({ npm, words, packages = [], remedies = [], ...run }: NpmRun): Promise<unknown> {
  const command = [npm, ...words, ...QUIETLY, ...packages, '--loglevel=http'];
  return runTool({ ...run, command, remedies: [...remedies, ...REMEDIES] });
}
