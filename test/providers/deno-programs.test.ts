// From nothing to an answer, through the real house: where this machine has no Deno, the registry's is taken.
import t from 'tap';
import { onPath } from '../../core/supervisor/find-tool.ts';
import { fixture, startProgram } from './fourteen.ts';

const npm = await onPath('npm', { PATH: process.env.PATH ?? '' });
const skip = npm.length === 0 && 'there is no npm here';

t.test('ZtoApits runs on the real program, not on its wrapper', { skip, timeout: 90_000 }, async (t) => {
  const { house, provider } = await startProgram(t, 'ZtoApits', { files: fixture('serve.ts', 'main.ts') });
  const answer = await house.chat({ model: 'glm-4.5v' });
  t.equal(answer.json().choices?.[0]?.message.content, 'deno', answer.text);
  t.match(await provider(), { state: 'healthy' });
});

t.test(
  'qwenchat2api listens where it is told to, which it does not by itself',
  { skip, timeout: 90_000 },
  async (t) => {
    const { house, provider } = await startProgram(t, 'qwenchat2api', {
      files: fixture('listen.ts', 'main.ts'),
      options: { secrets: { API_KEY: 'mine' } },
    });
    const answer = (await house.chat({ model: 'qwen-max' })).json();
    t.match(answer.choices?.[0]?.message, { content: 'listens', reasoning_content: 'hm' });
    t.match(await provider(), { process: { port: Number } });
  },
);
