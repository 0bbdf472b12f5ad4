import type { Dialect } from '../../../../core/contracts/index.ts';
import { chat } from './chat.ts';
import { chatInput } from './chat-input.ts';
import { completions } from './completions.ts';
import { embeddings } from './embeddings.ts';
import { generic } from '../../../../kits/dialect-kit/generic.ts';
import { responses } from './responses.ts';
import { realtimeSocket, responsesSocket } from '../websockets/dialects.ts';

/** The APIs that the gateway knows by name; `generic` makes a dialect for any other. */
export const dialects: readonly Dialect[] = [
  chat,
  chatInput,
  completions,
  embeddings,
  responses,
  generic('images'),
  generic('audio'),
  generic('moderations'),
  generic('rerank'),
  realtimeSocket,
  responsesSocket,
];

export { generic };
