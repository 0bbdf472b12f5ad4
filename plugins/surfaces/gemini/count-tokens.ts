import type { Counting } from '../../../kits/surface-kit/index.ts';
import { geminiTokens } from './dialect/count-tokens.ts';
import { methodInPath } from './in-path.ts';

/** `:countTokens` */
export const counting: Counting = {
  entry: { path: '', surface: 'gemini-tokens', named: true, inPath: methodInPath },
  dialect: geminiTokens,
  estimate: (tokens) => ({ totalTokens: tokens }),
};
