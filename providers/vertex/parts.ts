import type { Facts, Host, Named, RemoteOptions } from '../../kits/provider-kit/index.ts';
import type { Access } from './authorized.ts';
import { placeOf, type VertexOptions } from './place.ts';
import { allSurfaces, surfacesOf } from './publishers.ts';
import { credentialsIn, tokens } from './tokens.ts';

interface Parts {
  readonly options: RemoteOptions & Named;
  readonly facts: Facts & { readonly baseUrl: string; readonly keyHeader: string };
  readonly access: Access;
}

/** A provider of Vertex AI in three parts. With a key it is express mode, where the key tells the project. */
export function vertexParts(
  { project, location, keyFile, credentials: text, ...options }: VertexOptions & Named,
  env: Host['env'],
): Parts {
  const isExpress = options.apiKey !== undefined || (options.apiKeys ?? []).length > 0;
  const given = { name: options.name, keyFile, credentials: text };
  const credentials = isExpress ? undefined : credentialsIn(given, env);
  const { host, folder } = placeOf({ project, location }, env, credentials?.project_id);
  const isLost = !isExpress && folder === '' && options.baseUrl === undefined;
  return {
    options,
    facts: {
      baseUrl: `${host}/v1${isExpress ? '' : folder}/publishers/google`,
      keyHeader: 'x-goog-api-key',
      surfaces: allSurfaces,
      surfacesOf,
      modelsPath: '/models',
    },
    access: {
      authorize: isExpress ? undefined : tokens(credentials),
      lacks: isLost ? [`set providers.${options.name}.project: it is not known in which project to ask`] : [],
    },
  };
}
