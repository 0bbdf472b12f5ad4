import type { FeaturePlugin } from '../../../core/contracts/index.ts';
import { dialects, translations } from './formats.ts';

/** Cohere's API, as providers speak it. */
export default {
  name: 'cohere',
  inEachThread: true,
  options: { type: 'object', additionalProperties: false, properties: {} },
  create(_options, { gateway }) {
    gateway.formats.add(dialects, translations, new URL('./formats.ts', import.meta.url).href);
  },
} satisfies FeaturePlugin;
