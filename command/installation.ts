import { fileURLToPath } from 'node:url';

const isCheckout = import.meta.filename.endsWith('.ts');

/** Folder of the gateway's code. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Default folder of the config, and of what the gateway writes: the checkout. npm replaces the folder of an installed
 * package, so of that it is the folder in which the command is called.
 */
export const place = isCheckout ? root : process.cwd();

/** What starts a gateway. */
export const starter = isCheckout ? 'npm start' : 'switchyard start';

/** The same, options follow. */
export const starterWith = isCheckout ? `${starter} --` : starter;

/** The benchmarks are no part of the package. */
export const hasBench = isCheckout;
