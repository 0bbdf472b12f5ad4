/** The dialects and translations of this API, as a module for worker threads that have no gateway. */
import type { Dialect, Translation } from '../../../core/contracts/index.ts';
import { withFunctions } from '../../../kits/dialect-kit/functions/with-functions.ts';
import { lazily } from '../../../kits/dialect-kit/lazily.ts';
import {
  ollamaChat,
  ollamaComplete,
  ollamaEmbed,
  ollamaEmbeddings,
  ollamaGenerate,
  ollamaShow,
} from './dialect/dialects.ts';
import { REMEMBERED } from './to-chat/context.ts';

export const dialects: readonly Dialect[] = [
  ollamaChat,
  ollamaGenerate,
  ollamaComplete,
  ollamaEmbed,
  ollamaEmbeddings,
  ollamaShow,
];

export const translations: readonly Translation[] = [
  lazily(
    {
      name: 'ollama-chat-to-chat',
      from: 'ollama-chat',
      to: 'chat',
      path: '/chat/completions',
      countsStreams: true,
    },
    async () => (await import('./to-chat/index.ts')).chat,
  ),
  lazily(
    {
      name: 'ollama-generate-to-chat',
      from: 'ollama-generate',
      to: 'chat',
      path: '/chat/completions',
      countsStreams: true,
      remembers: REMEMBERED,
    },
    async () => (await import('./to-chat/index.ts')).generate,
  ),
  lazily(
    {
      name: 'ollama-complete-to-completions',
      from: 'ollama-complete',
      to: 'completions',
      path: '/completions',
      countsStreams: true,
    },
    async () => (await import('./to-chat/index.ts')).complete,
  ),
  lazily(
    { name: 'ollama-embed-to-embeddings', from: 'ollama-embed', to: 'embeddings', path: '/embeddings' },
    async () => (await import('./to-chat/index.ts')).embed,
  ),
  lazily(
    {
      name: 'ollama-embeddings-to-embeddings',
      from: 'ollama-embeddings',
      to: 'embeddings',
      path: '/embeddings',
    },
    async () => (await import('./to-chat/index.ts')).embeddings,
  ),
  withFunctions(
    lazily(
      { name: 'chat-to-ollama-chat', from: 'chat', to: 'ollama-chat', path: '/api/chat' },
      async () => (await import('./from-chat/index.ts')).chatToOllama,
    ),
  ),
];
