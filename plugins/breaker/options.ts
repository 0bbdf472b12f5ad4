import type { OptionsOf } from '../../core/contracts/index.ts';

/** What the config says under `breaker`. */
export type BreakerOptions = OptionsOf<typeof options>;

export const options = {
  type: 'object',
  additionalProperties: false,
  description: 'Circuit breaker: skips a failing target for a while.',
  properties: {
    failures: {
      type: 'integer',
      minimum: 1,
      default: 3,
      description: "Failures in a row that open a target's circuit. A refused connection opens it at once.",
    },
    rate: {
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.5,
      description: 'The share of failed attempts in a window that also opens the circuit.',
    },
    window: {
      format: 'duration',
      default: '30s',
      description: 'Length of the window; it begins with a failure.',
    },
    minimum: {
      type: 'integer',
      minimum: 1,
      default: 10,
      description: 'The fewest attempts in a window for `rate` to count.',
    },
    first: {
      format: 'duration',
      default: '1s',
      description: 'How long the circuit stays open the first time; each failed trial doubles it.',
    },
    longest: {
      format: 'duration',
      default: '30s',
      description: 'The longest time that the circuit stays open.',
    },
    look: {
      format: 'duration',
      minimum: 0,
      default: '2s',
      description:
        'Interval of health checks (a free GET) of a target that could not be reached. 0: no checks; the first request after the pause is the trial.',
    },
    canary: {
      type: 'boolean',
      default: false,
      description:
        "true: when a circuit's pause ends, the trial is the gateway's own request for one token, which costs what such a request costs, instead of a caller's request.",
    },
  },
} as const;
