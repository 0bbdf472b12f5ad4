import type { OptionsOf } from '../../core/contracts/index.ts';
import { rulesSchema } from '../../core/contracts/model-schema.ts';
import { providerName } from '../../core/contracts/config-schema.ts';
import { providerTimeouts } from '../../core/contracts/timeouts-schema.ts';
import { SCOPES } from '../../kits/peer-kit/hop.ts';

const peer = {
  type: 'object',
  required: ['key'],
  additionalProperties: false,
  properties: {
    url: {
      type: 'string',
      format: 'uri',
      pattern: '^https?://[^/\\s]+',
      examples: ['http://gpu-box:7999'],
      description:
        'Where it listens, without /v1. Absent: it is not asked, and only asks this gateway, as a laptop behind a router does.',
    },
    key: {
      type: 'string',
      format: 'secret',
      minLength: 16,
      description:
        'The mutual key: this gateway sends it there, and what comes with it is that gateway. It opens models and the state of this node, and nothing else.',
    },
    providers: {
      enum: SCOPES,
      default: 'local',
      description:
        "Which of its providers are used: 'local', the programs and servers of its machine, or 'all' but its own peers.",
    },
    offers: {
      enum: SCOPES,
      default: 'local',
      description:
        "Which of this gateway's providers it may be answered by, whatever it asks for: 'local', or 'all' but peers, which may cost money.",
    },
    mayRestart: {
      type: 'boolean',
      default: false,
      description: 'Whether it may restart this gateway, for a rolling restart that is begun there.',
    },
    concurrency: {
      type: 'integer',
      minimum: 1,
      description: 'The most requests that it gets at once; further requests wait in a queue.',
    },
    timeouts: providerTimeouts,
    rules: rulesSchema,
  },
} as const;

export const options = {
  type: 'object',
  default: {},
  description:
    'Other gateways, by name: their models are targets here, and all of them are shown as nodes. The same section may stand in the config of each, with an entry for itself.',
  propertyNames: providerName,
  additionalProperties: peer,
} as const;

export type PeersOptions = OptionsOf<typeof options>;
export type PeerOptions = PeersOptions[string];
