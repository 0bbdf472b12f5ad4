import type { ManagedProcess, Upstream } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';

/**
 * The process of a provider that is a local program.
 * @param otherwise the consequence for the caller where the provider is remote
 * @throws GatewayError action_conflict; provider_unavailable where nothing runs local programs
 */
export function processOf({ process, provider, lacks }: Upstream, otherwise: string): ManagedProcess {
  if (process) return process;
  const { name } = provider;
  const param = 'provider';
  if (provider.process)
    throw new GatewayError('provider_unavailable', `${name}: ${lacks.join('; ')}`, { param });
  throw new GatewayError(
    'action_conflict',
    `${name} is not a local program of this gateway's: ${otherwise}`,
    {
      param,
    },
  );
}
