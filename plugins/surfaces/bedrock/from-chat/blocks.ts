import { isObject, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { audioBlock, documentBlock, imageBlock, videoBlock } from './media.ts';
import { cannotSay } from './refuse.ts';

/** Makes the contents of one request's messages into blocks; it remembers the names of documents. */
export class Blocks {
  readonly #names = new Set<string>();

  /** A text that is blank is none, as the API takes none. */
  of(content: unknown, at: string): Json[] {
    if (content === undefined || content === null) return [];
    if (typeof content === 'string') return textBlock(content);
    if (!Array.isArray(content)) return cannotSay(at, content);
    return content.flatMap((part: unknown, nth) => this.#block(part, `${at}[${nth}]`));
  }

  /** @throws GatewayError `not_translatable` where one is no text */
  textsOf(content: unknown, at: string): Json[] {
    const blocks = this.of(content, at);
    const other = blocks.findIndex((block) => !('text' in block || 'cachePoint' in block));
    if (other >= 0) cannotSay(at, content);
    return blocks;
  }

  #block(part: unknown, at: string): Json[] {
    if (!isObject(part)) return cannotSay(at, part);
    const blocks = this.#plain(part, at);
    return blocks.length > 0 && isObject(part.cache_control)
      ? [...blocks, cachePoint(part.cache_control)]
      : blocks;
  }

  #plain(part: Json, at: string): Json[] {
    switch (part.type) {
      case 'text':
        return textBlock(part.text);
      case 'refusal':
        return textBlock(part.refusal);
      case 'image_url':
        return [imageBlock(part.image_url, at)];
      case 'video_url':
        return [videoBlock(part.video_url, at)];
      case 'input_audio':
        return [audioBlock(part.input_audio, at)];
      case 'file':
        return [documentBlock(part.file, at, this.#names)];
      default:
        return cannotSay(`${at}.type`, part.type);
    }
  }
}

const textBlock = (text: unknown): Json[] => (stringOf(text).trim() === '' ? [] : [{ text }]);

/** `cache_control` of a part becomes a block after it. */
export const cachePoint = ({ ttl }: Json): Json => ({
  cachePoint: { type: 'default', ...(typeof ttl === 'string' && { ttl }) },
});
