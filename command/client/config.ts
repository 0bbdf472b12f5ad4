import { place, root } from '../installation.ts';
import { stays } from './save.ts';
import type { ConfigDiff, ConfigSaved, OverridesUndone } from './answers.ts';
import { EXIT, Failure } from './fail.ts';
import { show, type Run, type Subcommand } from './subcommand.ts';
import { table } from './table.ts';

const VERBS = { check, show: showConfig, diff, save, undo, reload } satisfies Record<
  string,
  (given: Run) => Promise<void>
>;

/** Whether a config is right, which one is in force, and what was changed since. */
export const config: Subcommand = {
  name: 'config',
  takes: 'check [FILE] | show | diff | save | undo | reload',
  does: 'checks a config file, or shows the config in force; shows, saves or undoes changes made at run time',
  about: `check reads a file and starts nothing. The others ask a running gateway:
show prints its config, without secrets.
diff lists the changes made at run time, beside the file's values.
save writes these changes into the file and keeps its comments. What gateways share stays in PostgreSQL, too.
undo removes these changes, so that the file's values apply again; what gateways share, at all of them.
reload makes the gateway read the file again. It fails if a change in it needs a restart.`,
  words: [1, 2],
  completes: Object.keys(VERBS),
  async run(given) {
    const [what = '', file] = given.args;
    if (!Object.hasOwn(VERBS, what) || (file !== undefined && what !== 'check'))
      throw new Failure(
        `config: '${given.args.join(' ')}' must be one of: check [FILE], show, diff, save, undo, reload`,
        EXIT.usage,
      );
    await VERBS[what as keyof typeof VERBS](given);
  },
};

async function check(given: Run): Promise<void> {
  // Loaded here: the other subcommands need no plugins.
  const [{ PluginRegistry }, { readConfig }] = await Promise.all([
    import('../../config/plugins/registry.ts'),
    import('../../config/read.ts'),
  ]);
  const registry = await PluginRegistry.read(root);
  const said = given.args[1] ?? (process.env.SWITCHYARD_CONFIG || undefined);
  const loaded = await readConfig({ file: said, root: place, env: process.env, registry });
  const where = loaded.file ?? 'no file; the defaults are used';
  show(given, { ok: true, file: loaded.file ?? null }, () => `${where}: valid\n`);
}

async function showConfig({ gateway, print }: Run): Promise<void> {
  print(`${JSON.stringify(await gateway.ask('GET', '/config'), null, 2)}\n`);
}

async function diff(given: Run): Promise<void> {
  const answer = await given.gateway.ask<ConfigDiff>('GET', '/config/diff');
  const rows = answer.changes.map(({ path, file, default: standard, now }) => [
    path,
    file === null && standard !== undefined ? `${written(standard)} (the default)` : written(file),
    written(now),
  ]);
  show(given, answer, () =>
    rows.length === 0
      ? `no changes: the file is in force\n${stays(answer)}`
      : table(['path', 'file', 'now'], rows, given.people),
  );
}

async function save(given: Run): Promise<void> {
  const answer = await given.gateway.ask<ConfigSaved>('POST', '/config/save');
  show(given, answer, () => `${answer.file}: ${counted(answer.changes)} written\n${stays(answer)}`);
}

async function undo(given: Run): Promise<void> {
  const answer = await given.gateway.ask<OverridesUndone>('DELETE', '/config/overrides');
  show(given, answer, () => `${counted(answer.changes)} undone\n`);
}

async function reload({ gateway, print }: Run): Promise<void> {
  const answer = await gateway.ask<{ success: unknown }>('POST', '/config/reload');
  print(`${JSON.stringify(answer, null, 2)}\n`);
  if (answer.success !== true) process.exitCode = EXIT.failed;
}

const counted = (changes: number): string => `${changes} ${changes === 1 ? 'change' : 'changes'}`;

const written = (value: unknown): string =>
  value === null || value === undefined ? '-' : typeof value === 'string' ? value : JSON.stringify(value);
