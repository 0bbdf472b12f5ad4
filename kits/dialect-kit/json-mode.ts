import { isObject, type Json } from './json.ts';

/** Whether a chat's `response_format` asks for JSON of any form. */
export const isJsonMode = (format: unknown): boolean => isObject(format) && format.type === 'json_object';

const ALONE = 'no other text before or after it, and no Markdown fence around it';

/**
 * The text after the system prompt that asks for JSON, where the API cannot enforce it.
 * @param schema of the answer; absent: any object
 */
export const jsonOnly = (schema?: Json): string =>
  schema === undefined
    ? `Answer with a single JSON object: ${ALONE}.`
    : `Answer with a single JSON value that follows this JSON Schema: ${ALONE}.\n\n${JSON.stringify(schema)}`;
