// From nothing to an answer, through the real house: a repository is fetched, built and run.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { onPath } from '../../core/supervisor/find-tool.ts';
import { fixture, startProgram } from './fourteen.ts';

const env = { PATH: process.env.PATH ?? '' };
const noGo = (await onPath('go', env, ['/usr/local/go/bin'])).length === 0 && 'there is no Go here';
const noNpm = (await onPath('npm', env)).length === 0 && 'there is no npm here';

t.test('ZtoApi is fetched, built, started and answers', { skip: noGo, timeout: 120_000 }, async (t) => {
  const files = { ...fixture('main.go', 'main.go'), 'go.mod': 'module it\n\ngo 1.21\n' };
  const { house, provider } = await startProgram(t, 'ZtoApi', {
    files,
    options: { secrets: { ZAI_TOKEN: 'mine' } },
    env: { OPENAI_API_KEY: 'somebody-elses' },
  });
  t.match(await provider(), { state: 'absent', dormant: false, lacks: [] });
  const answer = await house.chat({ model: 'glm-4.5' });
  t.equal(answer.json().choices?.[0]?.message.content, 'go mine', answer.text);
  t.match(await provider(), { state: 'healthy', process: { port: Number } });
  t.notMatch(JSON.stringify(await provider()), /mine/, 'what it was given is not shown');
  const streamed = await house.chat({ model: 'GLM-4.5', stream: true });
  t.equal(streamed.content, 'go mine');
  t.equal(streamed.events.at(-1), '[DONE]');
});

t.test('what does not build says why', { skip: noGo, timeout: 60_000 }, async (t) => {
  const { house, provider } = await startProgram(t, 'ZtoApi', {
    files: { 'main.go': 'package main\nfunc main() { nothing() }\n', 'go.mod': 'module it\n\ngo 1.21\n' },
  });
  const answer = await house.chat({ model: 'glm-4.5' });
  t.equal(answer.status, 503);
  t.match(answer.json().error, { code: 'install_failed', message: /undefined: nothing/ });
  t.match(await provider(), { state: 'failed' });
});

t.test('a program for Node runs out of a copy of its code', { skip: noNpm }, async (t) => {
  const files = {
    ...fixture('main.mjs', 'dist/main.js'),
    'package.json': JSON.stringify({
      name: 'it',
      version: '1.0.0',
      type: 'module',
      scripts: { preinstall: 'exit 1' },
    }),
  };
  const options = { secrets: { GH_TOKEN: 'a-token' } };
  const { house, there } = await startProgram(t, 'copilot-proxy', { files, options });
  const answer = await house.chat({ model: 'gpt-4o' });
  t.equal(answer.json().choices?.[0]?.message.content, 'node a-token false', answer.text);
  const file = join(there.folder, 'home/data/copilot-proxy/.local/share/copilot-api/github_token');
  t.equal(readFileSync(file, 'utf8'), 'a-token');
});

t.test(
  'an end that is known says what to do, and is not tried again and again',
  { skip: noNpm },
  async (t) => {
    const files = {
      ...fixture('main.mjs', 'dist/main.js'),
      'package.json': '{"name":"it","version":"1.0.0","type":"module"}',
    };
    const { house, provider } = await startProgram(t, 'copilot-proxy', {
      files,
      options: { secrets: { GH_TOKEN: 'bad' } },
    });
    const { error } = (await house.chat({ model: 'gpt-4o' })).json();
    t.match(error, {
      code: 'process_failed',
      message: /GitHub gives no access to Copilot for its token; look at providers\.copilot-proxy\.secrets/,
    });
    t.match(await provider(), { state: 'failed' });
  },
);
