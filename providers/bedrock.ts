import { remote, type OptionsOf, type ProviderPlugin } from '../kits/provider-kit/index.ts';
import { bedrockOptions, KEY } from './bedrock/options.ts';
import { bedrockParts } from './bedrock/parts.ts';
import { signing } from './bedrock/signing.ts';

/** AWS Bedrock, by its Converse API. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
export default {
  name: 'bedrock',
  options: bedrockOptions,
  detect: { env: KEY },
  create(given, host) {
    const { options, facts, signer } = bedrockParts(given, host);
    return signing(remote(options, host, facts), signer);
  },
} satisfies ProviderPlugin<OptionsOf<typeof bedrockOptions>>;
