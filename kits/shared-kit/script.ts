import { createHash } from 'node:crypto';

/**
 * A script of Redis in Lua, which runs in one step. `$` before a key's name stands for the prefix of all keys, and `@` for that of
 * all channels.
 */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

export const scriptOf = (text: string): Script => ({
  text,
  sha: createHash('sha1').update(text).digest('hex'),
});

/** The script with the prefix that the config says. */
export const prefixed = ({ text }: Script, keys: string, channels = keys): Script =>
  scriptOf(text.replaceAll("'$", () => `'${keys}`).replaceAll("'@", () => `'${channels}`));

/** Databases of one Redis have their own keys, and the same channels. */
export const channelsOf = (prefix: string, database = 0): string =>
  database === 0 ? prefix : `${prefix}db${database}:`;
