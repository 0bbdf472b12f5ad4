import { remote, type ProviderPlugin } from '../kits/provider-kit/index.ts';
import { authorized } from './vertex/authorized.ts';
import { vertexOptions } from './vertex/options.ts';
import { PROJECTS, type VertexOptions } from './vertex/place.ts';
import { vertexParts } from './vertex/parts.ts';

/** Google's models in Vertex AI, by a service account or by a key of express mode. https://cloud.google.com/vertex-ai */
export default {
  name: 'vertex',
  aliases: ['vertex-ai', 'google-vertex'],
  options: vertexOptions,
  detect: { env: PROJECTS },
  create(given, host) {
    const { options, facts, access } = vertexParts(given, host.env);
    return authorized(remote(options, host, facts), access);
  },
} satisfies ProviderPlugin<VertexOptions>;
