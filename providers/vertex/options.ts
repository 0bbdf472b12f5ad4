import { remoteOptions } from '../../kits/provider-kit/index.ts';

/** Options of Vertex AI beside those of every provider that is reached by URL. */
export const vertexOptions = {
  ...remoteOptions,
  properties: {
    ...remoteOptions.properties,
    apiKey: {
      ...remoteOptions.properties.apiKey,
      description: 'An API key of express mode, which needs no project and no service account.',
    },
    project: {
      type: 'string',
      minLength: 1,
      description:
        "The Google Cloud project. Default: GOOGLE_VERTEX_PROJECT, VERTEXAI_PROJECT or GOOGLE_CLOUD_PROJECT, otherwise the service account's own.",
    },
    location: {
      type: 'string',
      pattern: '^[a-z0-9-]+$',
      examples: ['global', 'us-central1', 'europe-west4'],
      description:
        "The region. Default: GOOGLE_VERTEX_LOCATION, VERTEXAI_LOCATION or GOOGLE_CLOUD_LOCATION, otherwise 'global'.",
    },
    keyFile: {
      type: 'string',
      format: 'path',
      minLength: 1,
      description:
        'The JSON file of a service account or of other credentials. Default: GOOGLE_APPLICATION_CREDENTIALS, otherwise what gcloud or the machine provides.',
    },
    credentials: {
      type: 'string',
      format: 'secret',
      minLength: 2,
      description: 'The text of such a file. Better written as $NAME than in the config.',
    },
  },
} as const;
