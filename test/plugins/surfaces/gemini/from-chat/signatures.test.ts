/** Thought that is signed, on its way back. */
import t from 'tap';
import { asGemini, CALL } from './as-gemini.ts';

t.test('thought and signatures go back where they were', (t) => {
  const google = (signature: string) => ({ google: { thought_signature: signature } });
  const detail = { format: 'google-gemini-v1', index: 0 };
  const message = {
    role: 'assistant',
    content: 'Hm.',
    reasoning_content: 'Thought.',
    reasoning_details: [
      { ...detail, type: 'reasoning.text', text: 'Thought.', signature: 'c2ln' },
      { ...detail, type: 'reasoning.encrypted', data: 'dGV4dA==' },
      { ...detail, type: 'reasoning.encrypted', data: 'Y2FsbA==', id: 'call_2' },
    ],
    tool_calls: [
      { ...CALL, extra_content: google('Zmlyc3Q=') },
      { ...CALL, id: 'call_2' },
    ],
  };
  const { contents, dropped } = asGemini({ model: 'gemini-3-pro-preview', messages: [message] });
  t.match(contents[0].parts, [
    { text: 'Thought.', thought: true, thoughtSignature: 'c2ln' },
    { text: 'Hm.', thoughtSignature: 'dGV4dA==' },
    { functionCall: { name: 'weather' }, thoughtSignature: 'Zmlyc3Q=' },
    { functionCall: { name: 'weather' }, thoughtSignature: 'Y2FsbA==' },
  ]);
  t.strictSame(dropped, []);
  const foreign = {
    role: 'assistant',
    content: null,
    reasoning_content: 'Hm.',
    reasoning_details: [
      { type: 'reasoning.text', text: 'Hm.', signature: 's', format: 'anthropic-claude-v1' },
    ],
    tool_calls: [CALL, { ...CALL, id: 'call_2' }],
  };
  for (const [model, signature] of [
    ['gemini-3-flash-preview', 'skip_thought_signature_validator'],
    ['gemini-2.5-flash', undefined],
  ] as const) {
    const other = asGemini({ model, messages: [foreign] });
    const [first, second] = other.contents[0].parts;
    t.equal(first.thoughtSignature, signature, model);
    t.equal(second.thoughtSignature, undefined);
    t.strictSame(other.dropped, ['messages.reasoning_details', 'messages.reasoning_content']);
  }
  t.end();
});
