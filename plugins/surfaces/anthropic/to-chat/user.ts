import { append } from '../../../../kits/dialect-kit/append.ts';
import type { Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { blocksOf, cacheOf, chatPart, isCached } from './parts.ts';
import { asText } from '../../../../kits/dialect-kit/as-text.ts';

/** Results of tools, each as a message of its own right after the call, and then the rest of the turn. */
export function userMessages(content: unknown, at: string, members: Members): Json[] {
  const results: Json[] = [];
  const parts: Json[] = [];
  for (const [block, place] of blocksOf(content, at)) {
    if (block.type !== 'tool_result') append(parts, chatPart(block, place, members));
    else {
      const { texts, others, cache } = resultParts(block, place, members);
      const text = resultText(block, texts, others);
      results.push({
        role: 'tool',
        tool_call_id: block.tool_use_id,
        content: isCached(cache) ? [{ type: 'text', text, ...cache }] : text,
      });
      // A tool's message holds text alone: its pictures move into a user message.
      if (others.length > 0)
        append(parts, [
          { type: 'text', text: `What the tool call ${asText(block.tool_use_id)} returned:` },
          ...others,
        ]);
    }
  }
  if (parts.length === 0)
    return results.length > 0 || content === undefined ? results : [{ role: 'user', content: '' }];
  const [only] = parts;
  const isText = parts.length === 1 && only?.type === 'text' && !isCached(only);
  return [...results, { role: 'user', content: isText ? only.text : parts }];
}

interface Result {
  readonly texts: string[];
  readonly others: Json[];
  readonly cache: Json;
}

function resultParts(block: Json, at: string, members: Members): Result {
  const parts = blocksOf(block.content, `${at}.content`).flatMap(([part, place]) =>
    chatPart(part, place, members),
  );
  const isText = (part: Json): boolean => part.type === 'text';
  return {
    texts: parts.filter(isText).map(({ text }) => asText(text)),
    others: parts.filter((part) => !isText(part)),
    cache: {
      ...cacheOfText(parts.findLast((part) => isText(part) && isCached(part))),
      ...cacheOf(block, members),
    },
  };
}

const cacheOfText = (part: Json | undefined): Json => (part ? { cache_control: part.cache_control } : {});

/** Chat cannot mark a result as an error: the text says so. */
function resultText({ is_error: isError }: Json, texts: readonly string[], others: readonly Json[]): string {
  const text = texts.join('\n\n') || (others.length > 0 ? 'It is shown in the next message.' : '');
  return isError === true ? `Error: ${text}` : text;
}
