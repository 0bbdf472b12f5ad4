// What cannot be started says why, and what to do about it.
import t from 'tap';
import { make, startProgram, startPrograms } from './fourteen.ts';
import { repositories } from './repositories.ts';
import { whyNot } from './runnable.ts';
import { standIns } from './stand-ins.ts';

const PINNED = [
  'qwenchat2api',
  'k2think2api3',
  'k2Think2Api',
  'grok2api',
  'OpenAI-Compatible-API-Proxy-for-Z',
  'zai-python-sdk',
  'z.ai2api_python',
  'ZtoApi',
  'Z.ai2api',
  'ZtoApits',
  'TalkAI',
];

t.test("start-all gives each one's reason: each needs its own repository at its own commit", async (t) => {
  const there = repositories(t);
  const code = (name: string) => make(name).process!.source!.code as { git: string; commit: string };
  for (const name of PINNED) there.commit(code(name).git, { README: 'another history' });
  const given = (name: string) => ({ secrets: standIns[name]!.secrets ?? {} });
  const providers = Object.fromEntries(PINNED.map((name) => [name, given(name)]));
  const { switchyard, described } = await startPrograms(t, [], { there, config: { providers } });
  const told = (await switchyard.ask('/providers/start-all', { method: 'POST' })).json();
  for (const name of PINNED) {
    const { git, commit } = code(name);
    t.ok(told.errors[name].includes(`${git} has no commit ${commit}; `), `${name}: ${told.errors[name]}`);
    t.ok(told.errors[name].includes(`providers.${name}.source`), name);
    t.equal(told.states[name], 'failed');
  }
  t.match(told.errors['k2think2api2'], /its source is no longer available: name its code/);
  t.match(told.errors['copilot-proxy'], /set providers\.copilot-proxy\.secrets\.GH_TOKEN/);
  t.same([told.successful, told.total], [0, PINNED.length + 2], 'qwen-api is a hosted API');
  t.match(await described('qwen-api'), {
    state: 'absent',
    lacks: [/set providers\.qwen-api\.apiKey/],
  });
});

const skip = (await whyNot(make('ZtoApi'))) ?? false;

t.test('a failed build has its reason', { skip, timeout: 300_000 }, async (t) => {
  const { switchyard, provider } = await startProgram(t, 'ZtoApi', {
    files: { 'main.go': 'package main\nfunc main() { nothing() }\n', 'go.mod': 'module it\n\ngo 1.21\n' },
  });
  const answer = await switchyard.chat({ model: 'glm-4.5' });
  t.equal(answer.status, 503);
  t.match(answer.json().error, { code: 'install_failed', message: /undefined: nothing/ });
  t.match(await provider(), { state: 'failed' });
});
