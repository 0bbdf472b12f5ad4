/**
 * The contract between the gateway and its plugins: types only. It imports nothing else of this project. To write a
 * plugin, this, `core/errors.ts` and the kits are all that has to be imported.
 */
export type * from './trace.ts';
export type * from './call.ts';
export type * from './config-schema.ts';
export type * from './dialect.ts';
export type * from './framing.ts';
export type * from './gateway.ts';
export type * from './managed-process.ts';
export type * from './model-schema.ts';
export type * from './plugin.ts';
export type * from './process.ts';
export type * from './provider.ts';
export type * from './request.ts';
export type * from './schema.ts';
export type * from './settings.ts';
export type * from './target.ts';
export type * from './timeouts-schema.ts';
export type * from './timeouts.ts';
export type * from './transport.ts';
export type * from './upstream.ts';
