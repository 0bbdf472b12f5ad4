import t from 'tap';
import { lazily, type Translator } from '../../../kits/dialect-kit/lazily.ts';

const FACTS = { name: 'a-to-b', from: 'a', to: 'b', path: '/b' };
const code: Translator = {
  request: (body) => ({ ...body, isTranslated: true }),
  answer: (body) => body,
  events: () => (event) => [event],
};

t.test('its code is loaded once, for all that wait for it', async (t) => {
  let loads = 0;
  const translation = lazily(FACTS, async () => {
    loads++;
    return code;
  });
  t.match(translation, FACTS);
  t.equal(loads, 0);
  t.throws(() => translation.request({}), /a-to-b is used before it is loaded/);
  await Promise.all([translation.load?.(), translation.load?.()]);
  t.equal(loads, 1);
  t.equal(translation.load?.(), undefined, 'a request that finds it loaded waits for nothing');
  t.strictSame(translation.request({ a: 1 }), { a: 1, isTranslated: true });
});

t.test('what could not be loaded is tried again', async (t) => {
  const answers = [Promise.reject(new Error('no such file')), Promise.resolve(code)];
  const translation = lazily(FACTS, () => answers.shift()!);
  await t.rejects(translation.load?.() as Promise<unknown>, /no such file/);
  await translation.load?.();
  t.strictSame(translation.answer('b'), 'b');
});
