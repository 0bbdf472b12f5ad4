/** The gateway with some of the fourteen, whose code is a stand-in that is fetched as the real one would be. */
import { join } from 'node:path';
import type { Test } from 'tap';
import { PluginRegistry } from '../../config/plugins/registry.ts';
import { checkOptions } from '../../config/check.ts';
import type { Host, Plugin, Provider } from '../../core/contracts/index.ts';
import { root } from '../../gateway.ts';
import { startSwitchyard, type Switchyard } from '../switchyard.ts';
import { repositories, type Repositories } from './repositories.ts';
import { filesOf, standIns } from './stand-ins.ts';

export const names = Object.keys(standIns);

/** The authorities that this machine trusts: registries are reached with them. */
const trust = Object.fromEntries(
  Object.entries(process.env).filter((entry): entry is [string, string] =>
    /^(NODE_EXTRA_CA_CERTS|(PIP|SSL)_CERT\w*|\w+_PROXY)$/i.test(entry[0]),
  ),
);

export const registry = await PluginRegistry.read(root);

/** One of them as the config would have it made. */
export function make(name: string, value: Record<string, unknown> = {}): Provider {
  const plugin = registry.get('provider', name)!;
  const options = checkOptions(plugin as Plugin, { value, env: {}, folder: root });
  return plugin.create({ ...options, name }, { env: {} } as Host);
}

export interface Programs {
  readonly switchyard: Switchyard;
  readonly there: Repositories;
  described(name: string): Promise<Described>;
}

interface Given {
  /** what is in the repositories instead of the stand-ins */
  readonly files?: Record<string, string>;
  /** more options of each provider */
  readonly options?: Record<string, unknown>;
  readonly config?: Record<string, unknown>;
  readonly env?: Record<string, string>;
  /** repositories, and a home beside them, that are there already */
  readonly there?: Repositories;
}

/** Each on a free port, from the URL that its own file or its stand-in names, at the commit that is there. */
export async function startPrograms(
  t: Test,
  wanted: readonly string[],
  { files, options = {}, config = {}, env = {}, there = repositories(t) }: Given = {},
): Promise<Programs> {
  const entry = (name: string): object => {
    const { git = sourceOf(name), secrets = {}, env: own = {} } = standIns[name]!;
    const source = { git, commit: there.commit(git, files ?? filesOf(name)) };
    return { start: 'on-demand', port: 'free', source, secrets, env: own, ...options };
  };
  const switchyard = await startSwitchyard(
    t,
    {
      home: join(there.folder, 'home'),
      timeouts: { start: '90s', total: '120s' },
      providers: Object.fromEntries(wanted.map((name) => [name, entry(name)])),
      ...config,
    },
    { env: { ...there.env, ...trust, ...env } },
  );
  const described = async (name: string): Promise<Described> => {
    const { providers } = (await switchyard.ask('/providers')).json() as { providers: Described[] };
    return providers.find((one) => one.name === name)!;
  };
  return { switchyard, there, described };
}

/** Just one of them. */
export async function startProgram(t: Test, name: string, given: Given = {}) {
  const { switchyard, there, described } = await startPrograms(t, [name], given);
  return { switchyard, there, provider: () => described(name) };
}

function sourceOf(name: string): string {
  const { code } = make(name).process!.source!;
  return (code as { git: string }).git;
}

/** How a stand-in was started, by its own word. */
export interface Started {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export async function startedAs(port: number): Promise<Started> {
  return (await (await fetch(`http://127.0.0.1:${port}/started`)).json()) as Started;
}

export interface Described {
  readonly name: string;
  readonly state: string;
  readonly dormant: boolean;
  readonly aliases: readonly string[];
  readonly lacks: readonly string[];
  readonly process?: {
    readonly state: string;
    readonly reason: string;
    readonly port: number | null;
    readonly pid: number | null;
    readonly restarts: number;
    readonly lastExit: { readonly code: number | null; readonly signal: string | null } | null;
  };
}
