import { isObject, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { cannotSay } from './refuse.ts';
import { asText } from '../../../../kits/dialect-kit/as-text.ts';

/** A message's content as blocks, each with where it stands. */
export function blocksOf(content: unknown, at: string): (readonly [block: Json, at: string])[] {
  if (typeof content === 'string') return content === '' ? [] : [[{ type: 'text', text: content }, at]];
  if (!Array.isArray(content)) return content === undefined || content === null ? [] : cannotSay(at, content);
  return content.map((block: unknown, nth) =>
    isObject(block) ? [block, `${at}[${nth}]`] : cannotSay(`${at}[${nth}]`, block),
  );
}

/** Blocks of text, where chat takes nothing else: one text, or parts where a block has `cache_control`. */
export function textOfBlocks(content: unknown, at: string, members: Members): string | Json[] {
  const parts = blocksOf(content, at).map(([block, place]) => {
    const cache = cacheOf(block, members);
    return block.type === 'text'
      ? { type: 'text', text: stringOf(block.text), ...cache }
      : cannotSay(`${place}.type`, block.type);
  });
  return parts.some(isCached) ? parts : parts.map(({ text }) => text).join('\n\n');
}

/** `cache_control` of a block. Servers of chat do not take it; it is kept where the chat is translated further. */
export function cacheOf({ cache_control: cache }: Json, members: Members): Json {
  if (!isObject(cache)) return {};
  if (members.goesOn) return { cache_control: cache };
  members.dropped('cache_control');
  return {};
}

export const isCached = (part: Json): boolean => part.cache_control !== undefined;

/** A block of a user's message as chat's parts. */
export function chatPart(block: Json, at: string, members: Members): Json[] {
  const parts = plainParts(block, at, members);
  const last = parts.at(-1);
  if (last) Object.assign(last, cacheOf(block, members));
  return parts;
}

function plainParts(block: Json, at: string, members: Members): Json[] {
  if (block.type === 'text') return [{ type: 'text', text: block.text }];
  if (block.type === 'image') return [{ type: 'image_url', image_url: { url: urlOf(block.source, at) } }];
  if (block.type === 'document') return documentParts(block, at, members);
  if (block.type === 'search_result') return resultOfSearch(block, at);
  return cannotSay(`${at}.type`, block.type);
}

function urlOf(source: unknown, at: string): unknown {
  if (isObject(source) && source.type === 'url') return source.url;
  if (isObject(source) && source.type === 'base64')
    return `data:${asText(source.media_type)};base64,${asText(source.data)}`;
  return cannotSay(`${at}.source`, source);
}

/** A result of the caller's own search, as a text with its source. */
function resultOfSearch({ source, title, content, citations }: Json, at: string): Json[] {
  if (isObject(citations) && citations.enabled === true) cannotSay(`${at}.citations`, citations);
  const texts = blocksOf(content, `${at}.content`).map(([block, place]) =>
    block.type === 'text' ? stringOf(block.text) : cannotSay(`${place}.type`, block.type),
  );
  return [{ type: 'text', text: [title, source, ...texts].filter((text) => text !== '').join('\n') }];
}

function documentParts({ source, title, context, citations }: Json, at: string, members: Members): Json[] {
  if (isObject(citations) && citations.enabled === true) cannotSay(`${at}.citations`, citations);
  const notes = [title, context].filter((text) => typeof text === 'string' && text !== '');
  if (!isObject(source)) return cannotSay(`${at}.source`, source);
  if (source.type === 'base64') {
    const file = { filename: stringOf(title) || 'document.pdf', file_data: urlOf(source, at) };
    return [{ type: 'file', file }, ...(context ? [{ type: 'text', text: context }] : [])];
  }
  // Servers of chat do not take it; it is kept where the chat is translated further.
  if (source.type === 'url' && members.goesOn)
    return [
      { type: 'file', file: { file_url: source.url } },
      ...(context ? [{ type: 'text', text: context }] : []),
    ];
  if (source.type === 'text') return [{ type: 'text', text: [...notes, source.data].join('\n') }];
  if (source.type !== 'content') return cannotSay(`${at}.source`, source);
  const parts = blocksOf(source.content, `${at}.source.content`).flatMap(([block, place]) =>
    chatPart(block, place, members),
  );
  return [...notes.map((text) => ({ type: 'text', text })), ...parts];
}
