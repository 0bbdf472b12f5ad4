import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Test } from 'tap';
import { PluginRegistry } from '../../config/plugins/registry.ts';
import type { Loaded } from '../../config/check.ts';
import { readConfig } from '../../config/read.ts';

/** A folder with these files, gone after the test. */
export async function folderOf(t: Test, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-config-'));
  t.teardown(() => rm(folder, { recursive: true, force: true }));
  const all = Object.entries({ 'package.json': '{"type":"module"}', ...files });
  for (const [name, text] of all) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

/** The source of a plugin whose create does nothing. */
export function plugin(name: string, properties: object = {}, further: object = {}): string {
  const options = { type: 'object', properties, ...further };
  return `export default { name: ${JSON.stringify(name)}, options: ${JSON.stringify(options)}, create() {} };\n`;
}

const remote = {
  baseUrl: { type: 'string', format: 'uri' },
  apiKey: { type: 'string', format: 'secret' },
  headers: { type: 'object', additionalProperties: { type: 'string' } },
  models: { type: 'object', additionalProperties: { type: 'string' } },
  concurrency: { type: 'integer', minimum: 1 },
  surfaces: { type: 'array', items: { type: 'string' }, default: ['*'] },
  timeouts: { type: 'object', properties: { idle: { format: 'duration' } } },
};
const process = {
  command: { type: 'array', items: { type: 'string' } },
  cwd: { type: 'string', format: 'path' },
  env: { type: 'object', additionalProperties: { type: 'string' } },
  port: { type: 'integer' },
  probe: {
    type: 'object',
    properties: { path: { type: 'string' }, within: { format: 'duration', default: '1m' } },
  },
  models: remote.models,
};
const local = {
  start: { enum: ['boot', 'on-demand', 'manual'] },
  idleStop: { format: 'duration' },
  secrets: { type: 'object', additionalProperties: { type: 'string', format: 'secret' } },
};

/** Plugins enough for the config of the design. */
export const stubs: Readonly<Record<string, string>> = {
  'providers/openai-compatible.ts': plugin('openai-compatible', remote, { required: ['baseUrl'] }),
  'providers/process.js': plugin('process', process, { required: ['command'] }),
  'providers/grok2api/index.ts': plugin('grok2api', local),
  'plugins/strategies/round-robin.ts': plugin('round-robin').replace('{ name', '{ standard: true, name'),
  'plugins/strategies/priority.ts': plugin('priority'),
  'plugins/strategies/p2c.ts': plugin('p2c', { decay: { format: 'duration', default: '10s' } }),
  'plugins/surfaces/openai/index.ts': plugin('openai'),
  'plugins/traces.ts': plugin('traces', {
    keep: { type: 'integer', minimum: 0, default: 1000 },
    body: { format: 'bytes', default: '1KiB' },
  }),
  'plugins/dashboard.ts': plugin('dashboard'),
};

interface Given {
  config?: string;
  files?: Readonly<Record<string, string>>;
  env?: Record<string, string>;
}

/** What becomes of a config in a gateway of stubs. */
export async function load(t: Test, { config, files = {}, env = {} }: Given): Promise<Loaded> {
  const written: Record<string, string> = config === undefined ? {} : { 'switchyard.yaml': config };
  const root = await folderOf(t, { ...stubs, ...written, ...files });
  return readConfig({ root, env, registry: await PluginRegistry.read(root) });
}

/** The lines of the error of a config that is wrong, without its folder. */
export async function mistakesOf(t: Test, given: Given): Promise<string[]> {
  const failure: unknown = await load(t, given).then(
    () => undefined,
    (error: unknown) => error,
  );
  t.match(failure, { code: 'config_invalid' });
  const lines = (failure as Error | undefined)?.message.split('\n') ?? [];
  return lines.map((line) => line.trim().replace(/^\S*\/(?=switchyard\.yaml)/, ''));
}
