/** `npm pack` runs it when the package is made. */
import { restoreManifest } from './manifest.ts';

await restoreManifest();
