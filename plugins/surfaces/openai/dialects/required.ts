import { randomUUID } from 'node:crypto';
import { stringOf, type Json } from './json.ts';

/** What strict clients (async-openai, pydantic-ai) refuse an answer without, where its server left it out. */
export const required = ({ id, created }: Json): Json => ({
  id: stringOf(id) || `chatcmpl-${randomUUID()}`,
  created: created ?? Math.floor(Date.now() / 1000),
});
