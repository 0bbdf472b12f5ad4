const MASK = '***';
/** Names of secrets that a plugin forgot to mark, or that the config takes without a schema (headers, env). */
const SECRET_NAME = /key|token|secret|password|authorization|cookie/i;

/** Whether a value of that name is treated as a secret. */
export const isTelling = (name: string): boolean => SECRET_NAME.test(name);

/**
 * `https://me:pass@host/?key=…` without its credentials. Linear time: a text may be long, and made to be slow to parse.
 */
export function withoutCredentials(text: string): string {
  return text
    .replace(/(?<=[a-z0-9+.-]:\/\/)[^/?#\s]*@/gi, `${MASK}@`)
    .replace(/([?&][^=?&#\s]{0,100}(?:key|token|secret|password)[^=?&#\s]{0,100}=)[^&#\s]+/gi, `$1${MASK}`);
}
