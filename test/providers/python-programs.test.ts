// From nothing to an answer, through the real house: a repository is fetched, its packages come from PyPI, it is run.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { installEnvironment } from '../../plugins/toolchains/python/environment.ts';
import { findPython } from '../../plugins/toolchains/python/find.ts';
import { fixture, startProgram } from './fourteen.ts';

const search = {
  configured: undefined,
  env: installEnvironment(process.env),
  signal: new AbortController().signal,
};
const skip = await findPython({ provider: 'it', range: '>=3.12', ...search }).then(
  () => false as const,
  (error: Error) => error.message,
);

t.test(
  'Z.ai2api gets the Python it needs and a place of its own for packages',
  { skip, timeout: 60_000 },
  async (t) => {
    const files = { ...fixture('flask-app.py', 'app.py'), 'requirements.txt': 'flask==3.1.3\n' };
    const { house, there, provider } = await startProgram(t, 'Z.ai2api', { files });
    const answer = (await house.chat({ model: 'glm-4.5', stream: true })).events;
    t.equal((await provider()).state, 'healthy', answer.join());
    const chunks = answer.slice(0, -1).map((event) => JSON.parse(event));
    t.equal(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join(''), 'flask 0727-360B-API');
    t.equal(chunks.map(({ choices }) => choices[0]?.delta.reasoning_content ?? '').join(''), 'hm');
    t.equal(new Set(chunks.map(({ id }) => id)).size, 1, 'what it gets wrong is put right');
    t.notOk(existsSync(join(there.folder, 'home/apis/Z.ai2api/__pycache__')), 'its checkout stays as it was');
  },
);

t.test(
  'k2think2api3 gets its tokens in a file, and without any that works it is not ready',
  { skip, timeout: 60_000 },
  async (t) => {
    const files = { ...fixture('uvicorn-app.py', 'k2think_proxy.py'), 'requirements.txt': 'uvicorn\n' };
    const { house, provider } = await startProgram(t, 'k2think2api3', {
      files,
      options: { secrets: { TOKENS: 'first\nsecond' } },
    });
    const answer = (await house.chat({ model: 'k2-think' })).json();
    t.match(answer.choices?.[0].message, { content: 'first k2think2api3 False', reasoning_content: 'hm' });
    t.equal((await provider()).state, 'healthy');
  },
);

t.test(
  'zai-python-sdk is a library with a server of ours around it',
  { skip, timeout: 60_000 },
  async (t) => {
    const { house, provider } = await startProgram(t, 'zai-python-sdk', {
      files: fixture('zai', '.'),
      options: { secrets: { ZAI_TOKEN: 'mine' } },
    });
    const answer = (await house.chat({ model: 'GLM-4.5' })).json();
    t.match(answer.choices?.[0].message, { content: 'sdk 0727-360B-API mine', reasoning_content: 'hm' });
    const streamed = await house.chat({ model: 'glm-4.5v', stream: true });
    t.equal(streamed.content, 'sdk glm-4.5v mine');
    const say = (content: string) => ({
      model: 'GLM-4.5',
      stream: true,
      messages: [{ role: 'user', content }],
    });
    t.equal(
      (await house.chat(say('fail at once'))).status,
      502,
      'a failure before the first word has a status',
    );
    const broken = await house.chat(say('break'));
    t.match(broken.events.at(-1), /it broke/, 'one after it is seen in the stream');
    t.equal((await provider()).state, 'healthy');
  },
);
