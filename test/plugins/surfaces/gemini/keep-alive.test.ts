// A silence in a stream is filled with what Google's SDKs skip: blank lines, and nothing else.
import { GoogleGenAI } from '@google/genai';
import t from 'tap';
import { openLab } from '../../../lab.ts';

t.test('a silent stream has blank lines, and its SDK reads all of the text', async (t) => {
  const { switchyard } = await openLab(t, {
    upstream: { text: ['Not ', 'to', 'day'], interval: 150 },
    provider: { surfaces: ['chat'] },
    config: { timeouts: { keepalive: '20ms' } },
  });
  const { text } = await switchyard.ask('/v1beta/models/m:streamGenerateContent?alt=sse', {
    body: { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] },
  });
  const lines = text.split('\n').filter((line) => line !== '');
  t.same(
    lines.filter((line) => !line.startsWith('data: {')),
    [],
    'only data',
  );
  t.match(text, /\n\n\n\n/, 'and blank lines between');

  const { models } = new GoogleGenAI({ apiKey: 'k', httpOptions: { baseUrl: switchyard.url } });
  let said = '';
  for await (const piece of await models.generateContentStream({ model: 'm', contents: 'hi' }))
    said += piece.text ?? '';
  t.equal(said, 'Not today');
});
