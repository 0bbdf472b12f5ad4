import type { Call } from '../../../../core/contracts/index.ts';
import { isObject, parse, type Json } from '../../../../kits/dialect-kit/json.ts';
import { base64Of } from '../../../../kits/dialect-kit/vectors.ts';

/** The texts of a request of OpenAI's; numbers of tokens are none. */
export function textsOf(input: unknown, cannotSay: (member: string, value: unknown) => never): unknown[] {
  const texts: unknown[] = Array.isArray(input) ? input : [input];
  return texts.length > 0 && texts.every((text) => typeof text === 'string')
    ? texts
    : cannotSay('input', input);
}

/** An answer of OpenAI's, whose own SDKs ask for base64. @param asked at least its `encoding_format` */
export function vectorList(vectors: readonly unknown[], tokens: unknown, asked: Call | undefined): Json {
  const said = asked && parse(asked.raw.toString());
  const isPacked = isObject(said) && said.encoding_format === 'base64';
  return {
    object: 'list',
    data: vectors.map((values, index) => ({
      object: 'embedding',
      index,
      embedding: isPacked && Array.isArray(values) ? base64Of(values.map(Number)) : values,
    })),
    model: asked?.model ?? '',
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}
