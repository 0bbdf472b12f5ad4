/** Makes a provider plugin for a third-party program out of data: the program is fetched, prepared, run and supervised. */
import type {
  Code,
  Host,
  KnownSource,
  Named,
  ProcessSpec,
  Provider,
  ProviderPlugin,
  Secret,
} from '../../core/contracts/index.ts';
import { programOptions, type ProgramOptions } from './program-options.ts';
import { local, remote } from './provider.ts';
import type { Facts } from './provider.ts';

export interface ProgramFacts extends Facts {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** where its API begins; default '/v1' */
  readonly basePath?: string;
  readonly port: number;
  /** where the code is; undefined: in the packages, or the operator must name it */
  readonly code?: Code;
  readonly toolchain: string;
  readonly packages: unknown;
  /** its arguments, separated by spaces; a list where an argument contains a space */
  readonly command: string | readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, Secret>>;
  readonly files?: ProcessSpec['files'];
  /** by default a GET that is answered with 200 */
  readonly probe: Partial<ProcessSpec['probe']> & { readonly path: string };
  readonly exits?: ProcessSpec['exits'];
  readonly unavailable?: string;
  /** ms from the stop signal until it is killed; default 10 s */
  readonly graceMs?: number;
  readonly notes: ProcessSpec['notes'];
  /** The hosted server of the same API, used where the config names no code. */
  readonly hosted?: Facts & { readonly baseUrl: string };
}

/** Listed without a line in the config; fetched and started only on request. */
export function programPlugin(facts: ProgramFacts): ProviderPlugin<ProgramOptions> {
  const { name, aliases } = facts;
  const options = programOptions(facts);
  return {
    name,
    ...(aliases && { aliases }),
    options,
    dormant: true,
    source: sourceOf(facts),
    create: (given, host) =>
      facts.hosted && !given.source ? hosted(given, host, facts) : run(given, host, facts),
  };
}

function sourceOf({ code, toolchain, packages, notes, unavailable, ...facts }: ProgramFacts): KnownSource {
  return { code, toolchain, packages, licence: notes.licence, unavailable, hosted: facts.hosted?.baseUrl };
}

function run(
  { source, env, secrets, port, ...given }: ProgramOptions & Named,
  host: Host,
  facts: ProgramFacts,
): Provider {
  const { toolchain, packages, command, probe, files, exits, notes, graceMs = 10_000 } = facts;
  const code = source ?? facts.code;
  const process: ProcessSpec = {
    source: { toolchain, packages, code },
    command: typeof command === 'string' ? command.split(' ') : command,
    env: { ...facts.env, ...env },
    secrets: withValues(facts.secrets, secrets),
    ...(files && { files }),
    port: port ?? facts.port,
    host: '127.0.0.1',
    probe: { method: 'GET', status: [200], everyMs: 10_000, withinMs: 60_000, ...probe },
    start: 'manual',
    stop: { signal: 'SIGTERM', graceMs },
    ...(exits && { exits }),
    unavailable: source ? undefined : facts.unavailable,
    notes,
  };
  return local(given, host, { basePath: '/v1', ...facts, process });
}

function hosted(
  { apiKey, baseUrl, name, ...given }: ProgramOptions & Named,
  host: Host,
  facts: ProgramFacts,
): Provider {
  const { models, timeouts, surfaces, concurrency, defaultModel } = given;
  const common = { models, timeouts, surfaces, concurrency, defaultModel };
  const set = Object.fromEntries(Object.entries({ ...common, apiKey, baseUrl }).filter(([, value]) => value));
  const lacks = apiKey?.trim() ? [] : [`set providers.${name}.apiKey: ${facts.hosted!.baseUrl} needs a key`];
  return { ...remote({ name, ...set }, host, facts.hosted!), lacks };
}

/** The program's known secrets with their values, and further values of the config. */
export function withValues(
  known: Readonly<Record<string, Secret>> = {},
  given: Readonly<Record<string, string>> = {},
): Record<string, Secret> {
  const further = Object.keys(given).filter((name) => !Object.hasOwn(known, name));
  const all = [...Object.entries(known), ...further.map((name) => [name, OTHER] as const)];
  return Object.fromEntries(all.map(([name, secret]) => [name, { ...secret, value: given[name] }]));
}

const OTHER: Secret = { required: false, description: 'as the config has it' };
