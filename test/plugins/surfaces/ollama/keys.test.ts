/** What a key that is limited to certain models lets Ollama's clients see and do. */
import { Ollama } from 'ollama';
import t from 'tap';
import { openKeyed } from '../../auth/keyed.ts';

t.test('a model that a key does not allow is neither shown nor loaded', async (t) => {
  const models = { m: 'a', other: 'b' };
  const { make, switchyard } = await openKeyed(t, { provider: { models } });
  const key = await make('app', { models: ['m'] });
  const client = new Ollama({ host: switchyard.url, headers: { authorization: `Bearer ${key}` } });
  t.match((await client.list()).models, [{ name: 'm' }]);
  t.match(await client.generate({ model: 'm', prompt: '' }), { done_reason: 'load' });
  const refusals: Promise<unknown>[] = [
    client.show({ model: 'other' }),
    client.generate({ model: 'other', prompt: '' }),
    client.chat({ model: 'other', messages: [{ role: 'user', content: 'hi' }] }),
  ];
  for (const refused of refusals) await t.rejects(refused, { status_code: 403, message: /does not allow/ });
});
