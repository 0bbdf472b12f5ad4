import { createRequire } from 'node:module';
import type { FastifyServerOptions } from 'fastify';

type Factory = NonNullable<NonNullable<FastifyServerOptions['schemaController']>['compilersFactory']>;
type Build = (...given: readonly unknown[]) => unknown;

/** They are Fastify's dependencies, not the gateway's. */
const require = createRequire(createRequire(import.meta.url).resolve('fastify'));

/** Fastify's own compilers of schemas, loaded for the first route that has a schema: those of the gateway have none. */
export const compilersFactory = {
  buildValidator: late('@fastify/ajv-compiler'),
  buildSerializer: late('@fastify/fast-json-stringify-compiler'),
} as unknown as Factory;

function late(name: string): Build {
  let build: Build | undefined;
  return (...given) => (build ??= (require(name) as () => Build)())(...given);
}
