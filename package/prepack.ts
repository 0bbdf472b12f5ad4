/** `npm pack` runs it before it reads what goes into the package. */
import { compile } from './compile.ts';
import { copyAssets } from './copy-assets.ts';
import { replaceManifest, restoreManifest } from './manifest.ts';

// A pack that was killed has left the package's own.
await restoreManifest();
await compile();
await copyAssets();
// Last, so that nothing has to be taken back when something fails.
await replaceManifest();
