/** The dialects and translations of this API, as a module for worker threads that have no gateway. */
import type { Dialect, Translation } from '../../../core/contracts/index.ts';
import { withFunctions } from '../../../kits/dialect-kit/functions/with-functions.ts';
import { lazily } from '../../../kits/dialect-kit/lazily.ts';
import { cohereChat } from './dialect/chat.ts';
import { cohereEmbed, cohereRerank } from './dialect/vectors.ts';

export const dialects: readonly Dialect[] = [cohereChat, cohereEmbed, cohereRerank];

export const translations: readonly Translation[] = [
  withFunctions(
    lazily(
      { name: 'chat-to-cohere-chat', from: 'chat', to: 'cohere-chat', path: '/v2/chat' },
      async () => (await import('./from-chat/index.ts')).chatToCohere,
    ),
  ),
  lazily(
    { name: 'embeddings-to-cohere-embed', from: 'embeddings', to: 'cohere-embed', path: '/v2/embed' },
    async () => (await import('./embed.ts')).embeddingsToCohere,
  ),
  lazily(
    {
      name: 'rerank-to-cohere-rerank',
      from: 'rerank',
      to: 'cohere-rerank',
      path: '/v2/rerank',
      remembers: ['documents', 'return_documents'],
    },
    async () => (await import('./rerank.ts')).rerankToCohere,
  ),
];
