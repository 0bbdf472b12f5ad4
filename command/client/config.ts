import { fileURLToPath } from 'node:url';
import { Catalogue } from '../../core/catalogue.ts';
import { readConfig } from '../../core/config/read.ts';
import { EXIT, Failure } from './fail.ts';
import { show, type Subcommand } from './subcommand.ts';

/** Is a config right, and which one holds. */
export const config: Subcommand = {
  name: 'config',
  takes: 'check [FILE] | show',
  does: 'checks a config without starting anything; shows the one that a running gateway has, without secrets',
  words: [1, 2],
  async run(given) {
    const [what, file] = given.args;
    if (what === 'show' && file === undefined) {
      const value = await given.gateway.ask('GET', '/config');
      return given.print(`${JSON.stringify(value, null, 2)}\n`);
    }
    if (what !== 'check')
      throw new Failure(`config: '${given.args.join(' ')}' is none of: check [FILE], show`, EXIT.usage);
    const root = fileURLToPath(new URL('../../', import.meta.url));
    const catalogue = await Catalogue.read(root);
    const said = file ?? (process.env.SWITCHYARD_CONFIG || undefined);
    const loaded = await readConfig({ file: said, root, env: process.env, catalogue });
    const where = loaded.file ?? 'no file: the defaults';
    show(given, { ok: true, file: loaded.file ?? null }, () => `${where}: fine\n`);
  },
};
