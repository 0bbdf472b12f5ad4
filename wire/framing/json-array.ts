import type { StreamEncoder } from '../../core/contracts/index.ts';

/** One JSON array, an element an event, as it comes (Gemini without `alt=sse`). Some of its readers take no white space. */
export const JSON_ARRAY: StreamEncoder = {
  name: 'json-array',
  contentType: 'application/json; charset=utf-8',
  frame: ({ data }, isFirst) => `${isFirst ? '[' : ',\n'}${data}`,
  end: (isFirst) => (isFirst ? '[]\n' : ']\n'),
};
