/** What Cursor's agent edits files with, and a model that does so once. */
import type { Script } from './speaking.ts';

export const PATCH = '*** Begin Patch\n*** Add File: a.txt\n+"Grüße"\n*** End Patch';
const grammar = { type: 'grammar', syntax: 'lark', definition: 'start: begin_patch hunk end_patch' };
export const applyPatch = {
  type: 'custom',
  name: 'ApplyPatch',
  description: 'Edits files.',
  format: grammar,
};

export const patcher: Script = (asked) =>
  asked.some(({ role }) => role === 'tool')
    ? { content: 'It is there.' }
    : {
        tool_calls: [
          {
            id: 'call_1',
            type: 'function',
            function: { name: 'ApplyPatch', arguments: JSON.stringify({ input: PATCH }) },
          },
        ],
      };
