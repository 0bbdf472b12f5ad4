/** Secrets that are encrypted at rest: those that the config refers to, and those of local programs. */
export { isSecretName, Secrets } from './secrets.ts';
export { seal, unseal } from './seal.ts';
export { readKey, readOrMakeKey, type KeyPlace } from './secret-key.ts';
