/** The gateway for other people's Fastify apps. Nothing of it is loaded before it is registered. */
import { enableCompileCache, flushCompileCache, getCompileCacheDir } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';

const root = fileURLToPath(new URL('.', import.meta.url));
/** ms between the app's readiness and writing the compile cache: the first requests go first */
const CALM = 5_000;

/** The whole gateway as a plugin of your own app: `app.register(switchyard, config)`, config as in switchyard.yaml. */
export default async function switchyard(
  app: FastifyInstance,
  config: Record<string, unknown> & { prefix?: string },
): Promise<void> {
  keepCompiled(app);
  const { default: gateway } = await import('./gateway.ts').catch(explained);
  await gateway(app, config).catch(explained);
}

/** Half of a start is stripping types and compiling, which the cache saves at the next start. */
function keepCompiled(app: FastifyInstance): void {
  if (getCompileCacheDir() !== undefined) return;
  enableCompileCache(fileURLToPath(new URL('node_modules/.cache/node-compile', import.meta.url)));
  app.addHook('onReady', async () => void setTimeout(flushCompileCache, CALM).unref());
}

/** A package may be missing in a file of the gateway, or in a plugin that it loads. */
function explained(error: NodeJS.ErrnoException): never {
  const { code } = (error.cause ?? error) as NodeJS.ErrnoException;
  if (code !== 'ERR_MODULE_NOT_FOUND') throw error;
  throw new Error(`the packages of ${root} are not installed; run: npm --prefix ${root} run setup`, {
    cause: error,
  });
}
