import type { OptionsOf } from '../../../core/contracts/index.ts';

export type Options = OptionsOf<typeof options>;

export const options = {
  type: 'object',
  additionalProperties: false,
  description: 'Keeps a conversation at one target, unless that target is too busy.',
  properties: {
    factor: {
      type: 'number',
      minimum: 1,
      default: 1.5,
      description: 'A target with more than this many times its share of the active responses is skipped.',
    },
    headers: {
      type: 'array',
      items: { type: 'string', minLength: 1 },
      default: ['x-session-id', 'x-conversation-id', 'x-session-affinity', 'session_id', 'conversation_id'],
      description: 'Headers that identify the conversation; the first one present counts.',
    },
  },
} as const;
