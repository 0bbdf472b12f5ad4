import type { OptionsOf } from '../../core/contracts/index.ts';
import { TYPES } from './alert.ts';

export type AlertsOptions = OptionsOf<typeof options>;
export type WebhookOptions = AlertsOptions['webhooks'][number];
export type ErrorRateOptions = AlertsOptions['errorRate'];

export const options = {
  type: 'object',
  additionalProperties: false,
  description: 'Sends alerts to webhooks: providers, circuits, the share of failed requests, budgets.',
  properties: {
    webhooks: {
      type: 'array',
      default: [],
      description: 'Where alerts go; none: there are no alerts.',
      items: {
        type: 'object',
        required: ['url'],
        additionalProperties: false,
        properties: {
          url: {
            type: 'string',
            format: 'secret',
            pattern: '^https?://[^/\\s]+',
            description: 'Gets a POST for each alert. It is not shown, as it may have a token in it.',
          },
          format: {
            enum: ['json', 'slack'],
            default: 'json',
            description: "The body: the alert as data, or a message as Slack's incoming webhooks take it.",
          },
          secret: {
            type: 'string',
            format: 'secret',
            minLength: 8,
            description:
              'Signs each body: x-switchyard-signature is sha256= and the HMAC-SHA256 of x-switchyard-timestamp, a dot and the body.',
          },
          only: {
            type: 'array',
            minItems: 1,
            items: { enum: TYPES },
            description: 'The alerts that it gets; default: all.',
          },
        },
      },
    },
    errorRate: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'When the share of requests that failed is worth an alert.',
      properties: {
        rate: {
          type: 'number',
          exclusiveMinimum: 0,
          maximum: 1,
          default: 0.2,
          description:
            'The share, from 0 to 1. Requests that are wrong, and callers that leave, do not count.',
        },
        window: { format: 'duration', default: '5m', description: 'The time that it is taken over.' },
        minimum: {
          type: 'integer',
          minimum: 1,
          default: 20,
          description: 'With fewer requests in that time there is no alert.',
        },
      },
    },
    repeat: {
      format: 'duration',
      default: '5m',
      description:
        'The same alert is not sent again within that time: what goes on and off is told at most that often.',
    },
    retry: {
      type: 'object',
      additionalProperties: false,
      default: {},
      description: 'What is done when a webhook does not answer with 2xx.',
      properties: {
        tries: {
          type: 'integer',
          minimum: 1,
          maximum: 20,
          default: 8,
          description: 'Deliveries of one alert at most.',
        },
        first: {
          format: 'duration',
          default: '1s',
          description: 'The pause after the first; each is twice as long.',
        },
        most: { format: 'duration', default: '5m', description: 'The longest pause.' },
      },
    },
    timeout: { format: 'duration', default: '10s', description: 'How long a webhook may take to answer.' },
  },
} as const;
