import { isObject, type Json } from './json.ts';

/** members of a delta or a message that are content */
const MEMBERS = [
  'content',
  'reasoning_content',
  'reasoning',
  'thinking',
  'reasoning_details',
  'refusal',
  'tool_calls',
  'function_call',
  'audio',
  'images',
  'annotations',
];

/** members that name or number a thing without being content */
const LABELS = new Set(['type', 'id', 'index', 'format', 'role', 'signature']);

/** Whether a choice, streamed or whole, carries content: a role or an empty string is none. */
export function choiceCarries({ delta, message, text }: Json): boolean {
  return holds(text) || carries(delta) || carries(message);
}

/** Whether a delta or a message carries content. */
export function carries(message: unknown): boolean {
  return isObject(message) && MEMBERS.some((name) => holds(message[name]));
}

/** Whether it contains a non-empty string that is more than a label. */
export function holds(value: unknown): boolean {
  if (typeof value === 'string') return value !== '';
  if (Array.isArray(value)) return value.some(holds);
  return isObject(value) && Object.keys(value).some((name) => !LABELS.has(name) && holds(value[name]));
}
