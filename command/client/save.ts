import type { ConfigSaved } from './answers.ts';
import type { Run } from './subcommand.ts';

/** Writes all changes into the config file where `--save` was given. @returns what was done, as a line */
export async function saveIfAsked({ gateway, options }: Run): Promise<string> {
  if (options.save !== true) return '';
  const answer = await gateway.ask<ConfigSaved>('POST', '/config/save');
  return `${answer.changes} changes were written into ${answer.file}\n${stays(answer)}`;
}

/** What a file of one gateway of several does not end; '': it does. */
export const stays = ({ shared }: Pick<ConfigSaved, 'shared'>): string =>
  shared?.overrides
    ? 'PostgreSQL has such settings for all gateways, over the file of each. When all files have them: switchyard config undo\n'
    : '';
