import { isObject, parseExact, type Json } from '../../../kits/dialect-kit/json.ts';

/** A tool's result, which is a text in chat, as the object that the Gemini API takes: any text is its `output`. */
export const resultOf = (text: string): Json => objectIn(text) ?? { output: text };

/** The inverse. */
export function resultText(response: unknown): string {
  if (typeof response === 'string') return response;
  return (isObject(response) ? outputIn(response) : undefined) ?? JSON.stringify(response ?? {});
}

/** The object that a text serialises exactly; undefined: it is plain text, or an object that stands for plain text. */
function objectIn(text: string): Json | undefined {
  const parsed = text.startsWith('{') ? parseExact(text) : undefined;
  if (!isObject(parsed) || JSON.stringify(parsed) !== text) return undefined;
  return outputIn(parsed) === undefined ? parsed : undefined;
}

/** The text that this object stands for; undefined: it is a real object. */
function outputIn(response: Json): string | undefined {
  const { output, ...others } = response;
  if (typeof output !== 'string' || Object.keys(others).length > 0) return undefined;
  return objectIn(output) === undefined ? output : undefined;
}
