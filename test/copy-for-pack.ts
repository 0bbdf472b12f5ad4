import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../gateway.ts';
import { ENTRIES, FOLDERS } from './sources.ts';

const OTHERS = [
  'apis',
  'deploy',
  'docs',
  'package',
  'runtime',
  'web/dist',
  'LICENSE',
  'README.md',
  'package-lock.json',
  'package.json',
  'switchyard.schema.json',
  'tsconfig.json',
];

/** Copies what the package is made of, for `npm pack` writes into it. */
export function copyForPack(checkout: string): void {
  for (const name of [...FOLDERS, ...ENTRIES, ...OTHERS])
    cpSync(join(root, name), join(checkout, name), {
      recursive: true,
      filter: (path) => !path.slice(root.length).includes('node_modules'),
    });
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
}
