import type { ConfigSaved } from './answers.ts';
import type { Run } from './subcommand.ts';

/** Writes all changes into the config file where `--save` was given. @returns what was done, as a line */
export async function saveIfAsked({ gateway, options }: Run): Promise<string> {
  if (options.save !== true) return '';
  const { file, changes } = await gateway.ask<ConfigSaved>('POST', '/config/save');
  return `${changes} changes were written into ${file}\n`;
}
