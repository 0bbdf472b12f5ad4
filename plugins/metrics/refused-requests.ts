import type { Host } from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';
import type { Family } from './page.ts';

/**
 * Counts requests refused before any target was selected: no key, no such model, invalid JSON. Such requests have no
 * trace.
 */
export function refusedRequests({ app }: Host): Family {
  const counts = new Map<string, number>();
  app.addHook('onError', (_request, _reply, error, done) => {
    const code = error instanceof GatewayError ? error.code : 'unreadable';
    counts.set(code, (counts.get(code) ?? 0) + 1);
    done();
  });
  return {
    name: 'switchyard_turned_away_total',
    help: 'Requests refused before any provider was asked, by error code.',
    type: 'counter',
    samples: () => [...counts].map(([code, value]) => ({ labels: { code }, value })),
  };
}
