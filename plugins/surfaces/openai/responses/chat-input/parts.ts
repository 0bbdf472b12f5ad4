import { isObject } from '../../../../../kits/dialect-kit/json.ts';

/** A picture as a chat has it, as the Responses API has it; any other part as it is. */
export function imagePart(part: unknown): unknown {
  if (!isObject(part) || part.type !== 'image_url') return part;
  const { url, detail } = isObject(part.image_url) ? part.image_url : { url: part.image_url };
  return { type: 'input_image', image_url: url, ...(detail !== undefined && { detail }) };
}
