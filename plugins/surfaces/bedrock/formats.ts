/** How this API reads and what it is translated to; on its own, for threads that have no gateway around them. */
import type { Dialect, Translation } from '../../../core/contracts/index.ts';
import { withFunctions } from '../../../kits/dialect-kit/functions/with-functions.ts';
import { converse } from './dialect/converse.ts';
import { chatToConverse } from './from-chat/index.ts';

export const dialects: readonly Dialect[] = [converse];

export const translations: readonly Translation[] = [withFunctions(chatToConverse)];
