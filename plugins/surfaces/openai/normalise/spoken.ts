import { isObject } from '../../../../kits/dialect-kit/json.ts';
import { partsOf, type Parts } from '../../../../kits/dialect-kit/text-of.ts';

/** Content as OpenAI's clients expect it: one string, with pictures as Markdown. */
export function spoken(content: unknown): Parts {
  return partsOf(Array.isArray(content) ? content.map((part) => picture(part) ?? part) : content);
}

function picture(part: unknown): string | undefined {
  if (!isObject(part) || part.type !== 'image_url') return undefined;
  const url = isObject(part.image_url) ? part.image_url.url : part.image_url;
  return typeof url === 'string' ? `![image](${url})` : undefined;
}
