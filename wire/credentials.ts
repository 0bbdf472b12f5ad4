const MASK = '***';
/** What a plugin forgot to mark, and what the config takes without a schema (headers, env). */
const SECRET_NAME = /key|token|secret|password|authorization|cookie/i;

/** Whether a value of that name is taken for a secret. */
export const isTelling = (name: string): boolean => SECRET_NAME.test(name);

/** `https://me:pass@host/?key=…` without what lets one in. Bounded steps: a text may be long, and made to be slow to read. */
export function withoutCredentials(text: string): string {
  return text
    .replace(/(?<=[a-z0-9+.-]:\/\/)[^/?#\s]*@/gi, `${MASK}@`)
    .replace(/([?&][^=?&#\s]{0,100}(?:key|token|secret|password)[^=?&#\s]{0,100}=)[^&#\s]+/gi, `$1${MASK}`);
}
