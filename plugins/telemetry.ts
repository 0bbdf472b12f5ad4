import { setTimeout as sleep } from 'node:timers/promises';
import type { FeaturePlugin } from '../core/contracts/index.ts';
import { GatewayError } from '../core/errors.ts';
import { takesOneThread } from '../kits/feature-kit/index.ts';
import { readSettings } from './telemetry/settings.ts';

/** ms that what is left may take to be sent when the gateway stops */
const LAST = 3_000;

/** Sends traces, metrics and logs to a collector by OTLP, when `OTEL_*` names one. */
export default {
  name: 'telemetry',
  inEachThread: false,
  options: { type: 'object', additionalProperties: false, properties: {} },
  async create(_options, host) {
    const settings = readSettings(host.env);
    if (!settings) return;
    takesOneThread(host.gateway, 'telemetry (OTEL_*)');
    for (const problem of settings.problems) host.log.warn(problem);
    try {
      const { begin } = await import('./telemetry/begin.ts');
      const ends = await begin(host, settings);
      return {
        close: async () => {
          const sent = Promise.allSettled(ends.map((end) => end()));
          await Promise.race([sent, sleep(LAST, undefined, { ref: false })]);
        },
      };
    } catch (error) {
      // Without telemetry requests are answered all the same.
      if (!(error instanceof GatewayError)) throw error;
      host.log.error(error.message);
    }
  },
} satisfies FeaturePlugin;
