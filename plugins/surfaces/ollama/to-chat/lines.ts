import type { Json } from '../../../../kits/dialect-kit/json.ts';

/** A piece of an answer. */
export interface Spoken {
  readonly text: string;
  readonly reasoning?: string;
  readonly calls?: readonly Json[];
}

/** How one of Ollama's two APIs writes a piece of an answer. */
export type Line = (spoken: Spoken) => Json;

/** `/api/chat` */
export const messageLine: Line = ({ text, reasoning = '', calls = [] }) => ({
  message: {
    role: 'assistant',
    content: text,
    ...(reasoning !== '' && { thinking: reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
  },
});

/** `/api/generate` */
export const responseLine: Line = ({ text, reasoning = '', calls = [] }) => ({
  response: text,
  ...(reasoning !== '' && { thinking: reasoning }),
  ...(calls.length > 0 && { tool_calls: calls }),
});
