import { randomUUID } from 'node:crypto';
import { stringOf, type Json } from './json.ts';

/**
 * Members without which strict clients (async-openai, pydantic-ai) reject an answer, added where the server left them
 * out.
 */
export const required = ({ id, created }: Json): Json => ({
  id: stringOf(id) || `chatcmpl-${randomUUID()}`,
  created: created ?? Math.floor(Date.now() / 1000),
});
