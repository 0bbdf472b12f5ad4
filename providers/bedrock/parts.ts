import type { Facts, Host, Named, OptionsOf, RemoteFacts } from '../../kits/provider-kit/index.ts';
import { CredentialChain } from './credentials/chain.ts';
import { regionOf } from './credentials/profile.ts';
import { type bedrockOptions, KEY } from './options.ts';
import type { Signer } from './signing.ts';

type Options = OptionsOf<typeof bedrockOptions> & Named;

/** Stands in the address of a provider whose region is not known: it is never asked. */
const NOWHERE = 'invalid';

/** What a provider of this kind has in its options, what it is, and what signs its requests where it has no key. */
export function bedrockParts(given: Options, host: Host) {
  const { region, profile, accessKeyId, secretAccessKey, sessionToken, baseUrl, ...options } = given;
  const { env } = host;
  const known = region || env.AWS_REGION || env.AWS_DEFAULT_REGION || regionOf(env, profile);
  const hasKey = [options.apiKey, ...(options.apiKeys ?? []), env[KEY]].some((key) => key?.trim());
  const isSigned = accessKeyId !== undefined || !hasKey;
  const address = baseUrl ?? env.AWS_ENDPOINT_URL_BEDROCK_RUNTIME ?? addressIn(known ?? NOWHERE);
  const facts: Facts & RemoteFacts = {
    baseUrl: address,
    ...(!isSigned && { keyFrom: KEY }),
    // Some models have chat, too, below another path.
    path: ({ surface, path }) => (surface === 'converse' ? path : `/openai/v1${path}`),
    modelsPath: false,
    surfaces: ['converse'],
    // ModelErrorException: the model failed, and another may not.
    quirks: { retryStatuses: [424] },
    ...(known === undefined && {
      lacks: [`set providers.${options.name}.region, or AWS_REGION: the region whose models are asked`],
    }),
  };
  const own = accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey, sessionToken } : undefined;
  const signer: Signer | undefined = isSigned
    ? {
        region: known ?? NOWHERE,
        credentials: new CredentialChain({ given: own, profile, region: known, host }),
      }
    : undefined;
  return { options, facts, signer };
}

const addressIn = (region: string): string =>
  `https://bedrock-runtime.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
