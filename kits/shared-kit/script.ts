import { createHash } from 'node:crypto';

/** A script of Redis in Lua, which runs in one step. `$` before a key's name stands for the prefix of all keys. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

export const scriptOf = (text: string): Script => ({
  text,
  sha: createHash('sha1').update(text).digest('hex'),
});

/** The script with the prefix that the config says. */
export const prefixed = ({ text }: Script, prefix: string): Script =>
  scriptOf(text.replaceAll("'$", () => `'${prefix}`));
