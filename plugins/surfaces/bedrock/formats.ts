/** The dialects and translations of this API, as a module for worker threads that have no gateway. */
import type { Dialect, Translation } from '../../../core/contracts/index.ts';
import { withFunctions } from '../../../kits/dialect-kit/functions/with-functions.ts';
import { lazily } from '../../../kits/dialect-kit/lazily.ts';
import { converse } from './dialect/converse.ts';
import { conversePath } from './paths.ts';

export const dialects: readonly Dialect[] = [converse];

export const translations: readonly Translation[] = [
  withFunctions(
    lazily(
      { name: 'chat-to-converse', from: 'chat', to: 'converse', path: conversePath },
      async () => (await import('./from-chat/index.ts')).chatToConverse,
    ),
  ),
];
