import { remoteOptions } from '../../kits/provider-kit/index.ts';

/** A key of Bedrock's own, as AWS's tools name it. */
export const KEY = 'AWS_BEARER_TOKEN_BEDROCK';

export const bedrockOptions = {
  ...remoteOptions,
  properties: {
    ...remoteOptions.properties,
    region: {
      type: 'string',
      minLength: 1,
      description: 'Default: `AWS_REGION`, `AWS_DEFAULT_REGION`, or that of the profile.',
    },
    profile: {
      type: 'string',
      minLength: 1,
      description: "A profile of AWS's own files. Default: `AWS_PROFILE`, or `default`.",
    },
    accessKeyId: {
      type: 'string',
      format: 'secret',
      description:
        'Without it, credentials are looked for as AWS does: environment, profile, container, instance.',
    },
    secretAccessKey: { type: 'string', format: 'secret', description: 'Belongs to `accessKeyId`.' },
    sessionToken: { type: 'string', format: 'secret', description: 'Belongs to a temporary `accessKeyId`.' },
  },
} as const;
