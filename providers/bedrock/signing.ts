import type { Provider, UpstreamRequest } from '../../kits/provider-kit/index.ts';
import type { CredentialChain } from './credentials/chain.ts';
import { signatureOf } from './signature.ts';

export interface Signer {
  readonly region: string;
  readonly credentials: CredentialChain;
}

/** The provider with its requests signed (Signature Version 4). @param signer undefined: they have a key */
export function signing(provider: Provider, signer: Signer | undefined): Provider {
  if (!signer) return provider;
  return {
    ...provider,
    request(call, target) {
      const request = provider.request(call, target);
      return { ...request, authorize: () => signed(request, signer) };
    },
    // Credentials that have ended, or were withdrawn, are looked for again.
    retryable(status, body) {
      if (status !== 403 || !/expired|security token/i.test(body.toString('utf8', 0, 1_000)))
        return undefined;
      return signer.credentials.forget();
    },
  };
}

async function signed(
  request: UpstreamRequest,
  { region, credentials }: Signer,
): Promise<Record<string, string>> {
  return signatureOf(request, { region, service: 'bedrock', credentials: await credentials.current() });
}
