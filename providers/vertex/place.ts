import type { Host, OptionsOf } from '../../kits/provider-kit/index.ts';
import type { vertexOptions } from './options.ts';

export type VertexOptions = OptionsOf<typeof vertexOptions>;

/** Variables that name a project of Vertex AI, and no other service's. */
export const PROJECTS = ['GOOGLE_VERTEX_PROJECT', 'VERTEXAI_PROJECT'];
const LOCATIONS = ['GOOGLE_VERTEX_LOCATION', 'VERTEXAI_LOCATION', 'GOOGLE_CLOUD_LOCATION'];

export interface VertexPlace {
  /** scheme, host and port of the API, without its version */
  readonly host: string;
  /** '' in express mode, where the key tells it */
  readonly folder: string;
}

/** All regions of a continent are one location, too. */
const CONTINENTS = new Set(['us', 'eu']);

function hostOf(location: string): string {
  if (location === 'global') return 'aiplatform';
  return CONTINENTS.has(location) ? `aiplatform.${location}.rep` : `${location}-aiplatform`;
}

/** Where the models of a project are. @param own project of the credentials, where they name one */
export function placeOf(
  options: { readonly project: string | undefined; readonly location: string | undefined },
  env: Host['env'],
  own: string | undefined,
): VertexPlace {
  const first = (names: readonly string[]): string | undefined =>
    names.map((name) => env[name]?.trim()).find(Boolean);
  const location = options.location ?? first(LOCATIONS) ?? 'global';
  const project = options.project ?? first([...PROJECTS, 'GOOGLE_CLOUD_PROJECT']) ?? own;
  return {
    host: `https://${hostOf(location)}.googleapis.com`,
    folder: project === undefined ? '' : `/projects/${project}/locations/${location}`,
  };
}
