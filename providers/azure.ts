import { remote, type OptionsOf, type ProviderPlugin } from '../kits/provider-kit/index.ts';
import { azureParts } from './azure/parts.ts';
import { azureOptions, KEYS } from './azure/options.ts';

/** Azure OpenAI: its v1 API, or deployments by a dated version. https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle */
export default {
  name: 'azure',
  aliases: ['azure-openai'],
  options: azureOptions,
  detect: { env: KEYS },
  create(given, host) {
    const { options, facts } = azureParts(given, host.env);
    return remote(options, host, facts);
  },
} satisfies ProviderPlugin<OptionsOf<typeof azureOptions>>;
