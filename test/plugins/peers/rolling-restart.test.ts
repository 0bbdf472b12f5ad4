// Three gateways as processes are restarted one after the other, while streams run through all of them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import type { RestartStep } from '../../../plugins/peers/answers.ts';
import { testFolder } from '../../test-folder.ts';
import { pair, until } from './fleet.ts';
import { endLater, program, startFleet, type Node } from './nodes.ts';

async function restart(
  t: Test,
  { url }: { readonly url: string },
  nodes: readonly string[] = [],
): Promise<RestartStep[]> {
  const response = await fetch(`${url}/nodes/restart`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ nodes }),
  });
  const text = await response.text();
  t.equal(response.status, 200, text);
  const steps = [...text.matchAll(/^data: (.*)$/gm)].map(
    ([, data]) => JSON.parse(data as string) as RestartStep,
  );
  for (const { pid } of steps) if (pid !== null) endLater(t, pid);
  return steps;
}

const pickOf = async ({ url }: Node): Promise<unknown> =>
  ((await (await fetch(`${url}/route?model=own`)).json()) as { pick?: unknown }).pick;

function chat({ url }: Node, content: string): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify({ model: 'own', stream: true, messages: [{ role: 'user', content }] }),
  });
}

t.test('a rolling restart loses no stream and no request', { timeout: 300_000 }, async (t) => {
  const finish = join(testFolder(t, {}), 'finish');
  const { nodes } = await startFleet(
    t,
    { gpu: { providers: { mine: program(finish) } }, desk: {}, laptop: {} },
    { mayRestart: true },
  );
  const [, desk, laptop] = nodes as [Node, Node, Node];
  await until(async () => (await pickOf(laptop)) === 'gpu/own' && (await pickOf(desk)) === 'gpu/own');
  const before = await Promise.all(nodes.map(versionOf));
  const streams = await Promise.all(
    nodes.flatMap((node) => Array.from({ length: 8 }, () => chat(node, 'hi'))),
  );
  const texts = streams.map((response) => response.text());
  const statuses: string[] = [];
  const enough = new AbortController();
  const load = nodes.map(async (node) => {
    while (!enough.signal.aborted) {
      const text = await chat(node, 'short').then(
        async (response) => (await response.text()).includes('[DONE]') || `${node.name} ${response.status}`,
        (error: Error) => `${node.name} ${String(error.cause ?? error)}`,
      );
      statuses.push(String(text));
      await sleep(20);
    }
  });
  const steps = await restart(t, laptop);
  t.strictSame(
    steps.map(({ node, state, error }) => [node, state, error]),
    ['gpu', 'desk', 'laptop'].flatMap((node) => [
      [node, 'restarting', null],
      [node, 'done', null],
    ]),
  );
  await until(() => statuses.length > 20);
  enough.abort();
  await Promise.all(load);
  t.same(
    statuses.filter((one) => one !== 'true'),
    [],
    'each request in between was answered',
  );
  const after = await Promise.all(nodes.map(versionOf));
  t.same(
    after.filter((started) => before.includes(started)),
    [],
    'each is another process',
  );
  writeFileSync(finish, '');
  const all = await Promise.all(texts);
  t.equal(all.length, 24);
  t.same(
    all
      .filter((text) => !/"end"[^]*\[DONE\]/.test(text) || text.includes('error'))
      .map((text) => text.slice(-300)),
    [],
    'each stream came to its end',
  );
});

/** When the process that answers was started. */
async function versionOf({ url }: Node): Promise<string> {
  const { data } = (await (await fetch(`${url}/nodes`)).json()) as {
    data: { readonly self: boolean; readonly started: string }[];
  };
  return data.find(({ self }) => self)?.started ?? '';
}

t.test('a node that does not allow its restart stops it, and is named', async (t) => {
  const { nodes } = await startFleet(t, { one: {}, two: {} });
  const [one, two] = nodes as [Node, Node];
  await until(async () => {
    const { data } = (await (await fetch(`${one.url}/nodes`)).json()) as { data: { state: string }[] };
    return data.every(({ state }) => state === 'up');
  });
  const started = await versionOf(one);
  const steps = await restart(t, one);
  t.match(steps, [
    { node: 'two', state: 'restarting' },
    { node: 'two', state: 'failed', error: /mayRestart/ },
  ]);
  t.equal(steps.length, 2);
  t.equal(await versionOf(one), started, 'the next one is not restarted');
  t.equal(two.command.child.exitCode, null);
});

t.test('what cannot be restarted is refused before anything is', async (t) => {
  const { asker, owner } = await pair(t);
  const post = (of: typeof asker, body: object) =>
    of.ask('/nodes/restart', { method: 'POST', body: { ...body } });
  t.match((await post(asker, { nodes: ['nowhere'] })).json().error, { code: 'invalid_request' });
  t.match((await post(owner, { nodes: ['laptop'] })).json().error.message, /has no url/);
  t.match((await post(asker, { node: 'box' })).json().error.param, 'node');
  await owner.close();
  await until(async () => (await asker.ask('/nodes')).json().data[1].state === 'down');
  t.match((await post(asker, {})).json().error, {
    code: 'action_conflict',
    message: /box cannot be reached/,
  });
});
