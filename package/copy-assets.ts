import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { dist, root } from './places.ts';

/** What the gateway reads or starts beside its modules. */
const FOLDERS = ['command', 'runtime', 'providers', 'apis', 'web/dist'];
const LEFT_OUT = /(?:^|\/)(?:node_modules|README\.md$)|\.ts$|^apis\/.+\//;

/** Copies into `dist/` what is not compiled: the launcher, Python programs, and the dashboard that has been built. */
export async function copyAssets(): Promise<void> {
  if (!existsSync(join(root, 'web/dist/index.html')))
    throw new Error(
      'there is no dashboard in web/dist: run npm run setup, which says why it cannot be built',
    );
  for (const folder of FOLDERS)
    await cp(join(root, folder), join(dist, folder), {
      recursive: true,
      filter: (path) => !LEFT_OUT.test(relative(root, path)),
    });
}
