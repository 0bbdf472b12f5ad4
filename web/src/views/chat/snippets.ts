import { address } from '../../api/address.ts';
import type { ChatRequest } from './conversation/request.ts';

export type Language = 'curl' | 'Python' | 'Node';

export const LANGUAGES: readonly Language[] = ['curl', 'Python', 'Node'];

/** A request as a person would write it. Keys are named, never shown. */
export function snippet(language: Language, { query, body }: ChatRequest, hasKey: boolean): string {
  switch (language) {
    case 'curl':
      return curl({ query, body }, hasKey);
    case 'Python':
      return python({ query, body }, hasKey);
    case 'Node':
      return node({ query, body }, hasKey);
  }
}

function curl({ query, body }: ChatRequest, hasKey: boolean): string {
  const json = JSON.stringify(body, null, 2).replaceAll("'", String.raw`'\''`);
  return [
    `curl -N '${address('v1/chat/completions', query)}' \\`,
    "  -H 'content-type: application/json' \\",
    ...(hasKey ? ['  -H "authorization: Bearer $SWITCHYARD_KEY" \\'] : []),
    `  -d '${json}'`,
    '',
  ].join('\n');
}

function python({ query, body }: ChatRequest, hasKey: boolean): string {
  return [
    'import json',
    ...(hasKey ? ['import os'] : []),
    'from openai import OpenAI',
    '',
    `client = OpenAI(base_url=${JSON.stringify(address('v1'))}, api_key=${hasKey ? 'os.environ["SWITCHYARD_KEY"]' : '"unused"'})`,
    // As JSON in a string: what it holds is JSON's, not Python's.
    `request = json.loads(r'''`,
    JSON.stringify(body, null, 2).replaceAll("'", String.raw`\u0027`),
    `''')`,
    `stream = client.chat.completions.create(**request${query.provider === undefined ? '' : `, extra_query=${JSON.stringify(query)}`})`,
    'for chunk in stream:',
    '    if chunk.choices:',
    '        print(chunk.choices[0].delta.content or "", end="", flush=True)',
    '',
  ].join('\n');
}

function node({ query, body }: ChatRequest, hasKey: boolean): string {
  return [
    "import OpenAI from 'openai';",
    '',
    `const client = new OpenAI({ baseURL: ${JSON.stringify(address('v1'))}, apiKey: ${hasKey ? 'process.env.SWITCHYARD_KEY' : "'unused'"} });`,
    `const stream = await client.chat.completions.create(${JSON.stringify(body, null, 2)}${query.provider === undefined ? '' : `, { query: ${JSON.stringify(query)} }`});`,
    'for await (const { choices } of stream) process.stdout.write(choices[0]?.delta.content ?? "");',
    '',
  ].join('\n');
}
