import t from 'tap';
import { modelList } from '../../../kits/feature-kit/model-list.ts';

const names = (answer: unknown): string[] => [...modelList(answer).keys()];

t.test('a list of models is read in each form that servers have', async (t) => {
  t.strictSame(names({ object: 'list', data: [{ id: 'a' }, { id: 'b' }] }), ['a', 'b'], 'OpenAI');
  t.strictSame(names([{ id: 'a' }, { id: 'b' }]), ['a', 'b'], 'Together');
  t.strictSame(names({ models: [{ name: 'a', model: 'a' }, { model: 'b' }] }), ['a', 'b'], 'Ollama');
  t.strictSame(names({ models: [{ name: 'x' }], data: [{ id: 'a' }] }), ['a'], 'llama.cpp has both');
  t.strictSame(names({ data: [], models: [{ name: 'a' }] }), ['a']);
  t.strictSame(names(['a', 'b']), ['a', 'b']);
  t.strictSame(names({ data: [] }), []);
});

t.test('an entry that is no model is skipped, and the rest of the list counts', async (t) => {
  const rubbish = [null, undefined, 7, true, '', [], {}, { id: null }, { id: 7 }, { id: '' }, { name: [] }];
  t.strictSame(names({ data: [...rubbish, { id: 'a' }, ...rubbish] }), ['a']);
  t.strictSame(names([...rubbish, { name: 'a' }]), ['a']);
  t.strictSame(names({ data: null, models: [null, { name: 'a' }] }), ['a']);
  t.strictSame(names({ data: [{ id: '__proto__' }, { id: 'toString' }] }), ['__proto__', 'toString']);
});

t.test('a body that is no list is refused', async (t) => {
  for (const answer of [null, undefined, 7, 'models', {}, { data: {} }, { data: 'a' }, { models: null }])
    t.throws(() => modelList(answer), /not a list of models/, JSON.stringify(answer));
});
