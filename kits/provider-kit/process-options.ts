import type { OptionsOf, ProcessSpec } from '../../core/contracts/index.ts';

/** How a program is run, as the config can say it of each that the gateway runs. */
export const runningOptions = {
  start: { enum: ['boot', 'on-demand', 'manual'], description: 'When its process starts.' },
  idleStop: {
    format: 'duration',
    description: 'Stops it when it has not been used for this long; never by default.',
  },
  drain: {
    format: 'duration',
    minimum: 0,
    description: 'How long running answers may take when it is stopped or restarted; 10s unless said.',
  },
  restartUnhealthy: {
    format: 'duration',
    minimum: 0,
    description: 'Starts it again when it has been unhealthy for so long; 30s unless said, 0: never.',
  },
  limits: {
    type: 'object',
    additionalProperties: false,
    description: 'What all of its processes may use; above it, it is started again.',
    properties: {
      memory: { format: 'bytes', description: 'Resident memory.' },
      cpu: {
        type: 'number',
        exclusiveMinimum: 0,
        description: 'Processor cores, over a minute: 1.5 is one and a half.',
      },
    },
  },
} as const;

type RunningOptions = OptionsOf<{ readonly type: 'object'; readonly properties: typeof runningOptions }>;

/** What the config says of how a program is run goes before what its plugin says. */
export function runAs(
  spec: ProcessSpec,
  { start, idleStop, drain, restartUnhealthy, limits }: RunningOptions,
): ProcessSpec {
  return {
    ...spec,
    start: start ?? spec.start,
    idleStop: idleStop ?? spec.idleStop,
    restartUnhealthy: restartUnhealthy ?? spec.restartUnhealthy,
    limits: { ...spec.limits, ...limits },
    stop: { ...spec.stop, drain: drain ?? spec.stop.drain },
  };
}
