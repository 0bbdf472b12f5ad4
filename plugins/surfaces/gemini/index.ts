import type { FeaturePlugin } from '../../../core/contracts/index.ts';
import { dialects, translations } from './formats.ts';

/** The API that Google's clients speak. */
export default {
  name: 'gemini',
  options: { type: 'object', additionalProperties: false, properties: {} },
  create(_options, { gateway }) {
    gateway.formats.add(dialects, translations, new URL('./formats.ts', import.meta.url).href);
  },
} satisfies FeaturePlugin;
