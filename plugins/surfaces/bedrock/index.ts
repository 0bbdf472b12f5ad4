import type { FeaturePlugin } from '../../../core/contracts/index.ts';
import { dialects, translations } from './formats.ts';

/** The Converse API of AWS Bedrock, which callers of other APIs reach by a translation. */
export default {
  name: 'bedrock',
  inEachThread: true,
  options: { type: 'object', additionalProperties: false, properties: {} },
  create(_options, { gateway }) {
    gateway.formats.add(dialects, translations, new URL('./formats.ts', import.meta.url).href);
  },
} satisfies FeaturePlugin;
