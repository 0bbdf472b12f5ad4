import type { OptionsOf, ProcessSpec } from '../../core/contracts/index.ts';

/** The options that every program of the gateway has: how it is run. */
export const runningOptions = {
  start: { enum: ['boot', 'on-demand', 'manual'], description: 'When the program is started.' },
  idleStop: {
    format: 'duration',
    description: 'Stops the program when it was not used for this long. Default: never.',
  },
  drain: {
    format: 'duration',
    minimum: 0,
    description:
      'How long running answers may continue when the program is stopped or restarted. Default: 10s.',
  },
  restartUnhealthy: {
    format: 'duration',
    minimum: 0,
    description: 'Restarts the program when it was unhealthy for this long. Default: 30s. 0: never.',
  },
  limits: {
    type: 'object',
    additionalProperties: false,
    description: 'Limits for all processes of the program together; above a limit it is restarted.',
    properties: {
      memory: { format: 'bytes', description: 'Resident memory.' },
      cpu: {
        type: 'number',
        exclusiveMinimum: 0,
        description: 'Processor cores, averaged over a minute: 1.5 is one and a half.',
      },
    },
  },
} as const;

type RunningOptions = OptionsOf<{ readonly type: 'object'; readonly properties: typeof runningOptions }>;

/** The config's options take precedence over the plugin's. */
export function runAs(
  spec: ProcessSpec,
  { start, idleStop, drain, restartUnhealthy, limits }: RunningOptions,
): ProcessSpec {
  return {
    ...spec,
    start: start ?? spec.start,
    idleStopMs: idleStop ?? spec.idleStopMs,
    restartUnhealthyMs: restartUnhealthy ?? spec.restartUnhealthyMs,
    limits: { ...spec.limits, ...limits },
    stop: { ...spec.stop, drainMs: drain ?? spec.stop.drainMs },
  };
}
