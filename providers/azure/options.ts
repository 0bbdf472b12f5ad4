import { httpUrl, remoteOptions } from '../../kits/provider-kit/index.ts';

/** As Azure's own tools name it, then as LiteLLM and Vercel's SDK do. */
export const KEYS = ['AZURE_OPENAI_API_KEY', 'AZURE_API_KEY'];

export const azureOptions = {
  ...remoteOptions,
  properties: {
    ...remoteOptions.properties,
    endpoint: {
      ...httpUrl,
      description:
        'The address of the resource: https://NAME.openai.azure.com. Default: `AZURE_OPENAI_ENDPOINT`, or `AZURE_API_BASE`.',
    },
    apiVersion: {
      type: 'string',
      minLength: 1,
      description:
        'A dated version, such as 2024-10-21, for `/openai/deployments/NAME/…`. Default: `OPENAI_API_VERSION`, or `AZURE_API_VERSION`; without any, the v1 API.',
    },
    token: {
      type: 'string',
      format: 'secret',
      description:
        'An access token of Microsoft Entra ID, sent in the place of a key. Default: `AZURE_OPENAI_AD_TOKEN`, if there is no key.',
    },
  },
} as const;
