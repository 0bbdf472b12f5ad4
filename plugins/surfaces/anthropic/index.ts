import type { FeaturePlugin } from '../../../core/contracts/index.ts';
import {
  answerCount,
  answerOnly,
  callersRoute,
  passBodiesAsBytes,
  serve,
} from '../../../kits/surface-kit/index.ts';
import { counting } from './count-tokens.ts';
import { messages } from './dialect/messages.ts';
import { dialects, translations } from './formats.ts';
import { modelRoutes } from './models.ts';

/** Its SDKs add `/v1` to a base URL; other clients may leave it out. */
const PREFIXES = ['/v1', ''];
const MESSAGES = { path: '/messages', surface: 'messages', named: true } as const;
const config = { ...callersRoute, dialect: messages };

/** The API that Anthropic's clients speak. */
export default {
  name: 'anthropic',
  inEachThread: true,
  options: { type: 'object', additionalProperties: false, properties: {} },
  create(_options, host) {
    host.gateway.formats.add(dialects, translations, new URL('./formats.ts', import.meta.url).href);
    passBodiesAsBytes(host);
    for (const prefix of PREFIXES) {
      serve(host, prefix + MESSAGES.path, MESSAGES, messages, config);
      const url = `${prefix}/messages/count_tokens`;
      answerOnly(host.app, { url, method: 'POST', handler: answerCount(host, counting), config });
    }
    modelRoutes(host, PREFIXES, config);
  },
} satisfies FeaturePlugin;
