/**
 * Exports for providers. `remote` makes one that is reached by URL, `local` one whose program the gateway runs,
 * `programPlugin` a whole plugin for a program that is fetched first.
 */
export type {
  Call,
  Host,
  Named,
  OptionsOf,
  ProcessSpec,
  Provider,
  ProviderPlugin,
  Quirks,
  ScopeRule,
  Target,
  UpstreamRequest,
} from '../../core/contracts/index.ts';
export { type Facts, local, remote, type RemoteFacts } from './provider.ts';
export {
  type LocalOptions,
  localOptions,
  type RemoteOptions,
  remoteOptions,
  type RemotePlugin,
  WEBSOCKETS,
  httpUrl,
} from './provider-options.ts';
/** A program by data; what the config gives beside that. */
export { type ProgramFacts, programPlugin, withValues } from './program.ts';
/** Values that the operator must give before a program can start. */
export { isGiven, lacksOf } from './lacks.ts';
/** The option `quirks`, for a provider whose config says how it deviates. */
export { quirksSchema } from './quirks.ts';
/** For a provider that writes its requests without `remote`: its keys in turns, its base URL, its body with the right model. */
export { Keys } from './api-keys.ts';
export { type BaseUrl, baseUrl, withQuery } from './base-url.ts';
export { headersUp } from '../../wire/headers.ts';
export { rewrite } from '../../wire/body/rewrite.ts';
