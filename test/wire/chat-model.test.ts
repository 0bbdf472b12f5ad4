import t from 'tap';
import { chatModel } from '../../wire/chat-model.ts';

t.test('the model to try is the first that is likely to chat', (t) => {
  t.equal(chatModel(['text-embedding-3-small', 'whisper-1', 'gpt-4o-mini', 'gpt-4o']), 'gpt-4o-mini');
  t.equal(chatModel(new Set(['text-embedding-3-small'])), 'text-embedding-3-small');
  t.equal(chatModel([]), undefined);
  t.end();
});
