import { join } from 'node:path';

export const root = join(import.meta.dirname, '..');
/** all code of the package */
export const dist = join(root, 'dist');
