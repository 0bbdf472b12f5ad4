import type { FeaturePlugin } from '../../core/contracts/index.ts';
import { addHook } from '../../kits/feature-kit/index.ts';

/** A hook that reads each request and changes none. */
export default {
  name: 'reading-hook',
  options: { type: 'object', properties: {} },
  create(_options, host) {
    addHook(host, {
      name: 'reading-hook',
      onFailure: 'refuse',
      request: ({ body }) => {
        if (body.length === 0) throw new Error('there is nothing to read');
        return undefined;
      },
    });
  },
} satisfies FeaturePlugin<object>;
