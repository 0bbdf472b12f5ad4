import type { Host } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import { successionOf } from '../../../kits/feature-kit/index.ts';
import type { Restarted } from './answers/restart.ts';

/** `POST /restart`: a new process takes the port and the programs; this one ends its answers. */
export function restart({ app, gateway }: Host): void {
  app.post('/restart', async (_request, reply): Promise<Restarted> => {
    const { restarts } = successionOf(gateway);
    if (!restarts)
      throw new GatewayError('restart_failed', 'the gateway is a part of another app here: restart that app');
    const { pid } = await restarts.restart();
    // The next request of this client goes to the new process.
    reply.header('connection', 'close');
    return { pid, previous_pid: process.pid };
  });
}
