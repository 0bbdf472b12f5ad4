import type { OptionsOf } from '../../core/contracts/index.ts';

/** What the config says under `breaker`. */
export type BreakerOptions = OptionsOf<typeof options>;

export const options = {
  type: 'object',
  additionalProperties: false,
  description: 'Leaves a failing target alone for a while.',
  properties: {
    failures: {
      type: 'integer',
      minimum: 1,
      default: 3,
      description:
        'This many failures in a row block it; one that cannot be connected to is blocked at once.',
    },
    rate: {
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.5,
      description: 'It is blocked, too, when this share of the attempts of a window has failed.',
    },
    window: { format: 'duration', default: '30s', description: 'How long a window is; a failure begins it.' },
    minimum: {
      type: 'integer',
      minimum: 1,
      default: 10,
      description: 'A share of fewer attempts than that says nothing.',
    },
    first: {
      format: 'duration',
      default: '1s',
      description: 'How long it is blocked the first time; twice as long each time it fails again at once.',
    },
    longest: { format: 'duration', default: '30s', description: 'It is never blocked for longer.' },
    look: {
      format: 'duration',
      minimum: 0,
      default: '2s',
      description:
        'Between two looks, free of charge, at whether one that could not be reached is there again; 0: no looks, and the next request after its pause tries.',
    },
    canary: {
      type: 'boolean',
      default: false,
      description:
        "When the pause of a target is over, ask it for one token in the gateway's own name, which costs what such a request costs, instead of trying it with a caller's request.",
    },
  },
} as const;
