/** Main module of the thread that alone reads and writes the file. */
import { serveStore } from '../../kits/store-kit/serve-store.ts';
import { CacheFile, type CacheFileSettings } from './cache-file.ts';

serveStore((settings: CacheFileSettings, say) => new CacheFile(settings, say));
