// Three gateways as processes: one has a local program, and the others use it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startUpstream } from '../../upstream/upstream.ts';
import { testFolder } from '../../test-folder.ts';
import { until } from './fleet.ts';
import { program, startFleet, type Node } from './nodes.ts';

interface Shown {
  readonly name: string;
  readonly state: string;
  readonly ready: boolean | null;
  readonly error: string | null;
  readonly self: boolean;
  readonly inflight: number | null;
}

const shown = async ({ url }: Node): Promise<Shown[]> =>
  ((await (await fetch(`${url}/nodes`)).json()) as { data: Shown[] }).data;

const shownAs = async (at: Node, name: string): Promise<Shown | undefined> =>
  (await shown(at)).find((one) => one.name === name);

/** The target that a request would be sent to now. */
const pickOf = async ({ url }: Node, model: string): Promise<unknown> =>
  ((await (await fetch(`${url}/route?model=${model}`)).json()) as { pick?: unknown }).pick;

const chat = (at: Node, model: string, content = 'hi'): Promise<Response> =>
  fetch(`${at.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content }] }),
  });

/** Reads a stream until it has a text, and goes on until its end. */
function read(response: Response): { until: (text: string) => Promise<void>; all: Promise<string> } {
  let text = '';
  let isOver = false;
  const all = (async () => {
    const decoder = new TextDecoder();
    try {
      for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>)
        text += decoder.decode(piece, { stream: true });
    } catch {
      text += '(broken)';
    }
    isOver = true;
    return text;
  })();
  return { all, until: (wanted) => until(() => isOver || text.includes(wanted)) };
}

t.test('a program of one node answers through the others; its node is killed, and comes back', async (t) => {
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const finish = join(testFolder(t, {}), 'finish');
  const lab = { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm' } };
  const fallback = {
    any: {
      strategy: { use: 'priority' },
      targets: [
        { provider: 'gpu', model: 'own', priority: 0 },
        { provider: 'lab', model: 'm', priority: 1 },
      ],
    },
  };
  const { nodes } = await startFleet(t, {
    gpu: { providers: { mine: program(finish) } },
    desk: { providers: { lab }, models: fallback },
    laptop: {},
  });
  const [gpu, desk, laptop] = nodes as [Node, Node, Node];
  for (const node of nodes) await until(async () => (await shown(node)).every(({ state }) => state === 'up'));
  t.strictSame(
    (await shown(laptop)).map(({ name, self }) => [name, self]),
    [
      ['laptop', true],
      ['gpu', false],
      ['desk', false],
    ],
    'the entry that is this gateway itself gives it its name',
  );

  t.test('through another node, even one with nothing of its own', async (t) => {
    await until(async () => (await pickOf(desk, 'any')) === 'gpu/own');
    await until(async () => (await pickOf(laptop, 'own')) === 'gpu/own');
    const answer = await chat(laptop, 'own', 'short');
    t.equal(answer.headers.get('x-switchyard-provider'), 'gpu');
    t.match(await answer.text(), /"own"[^]*\[DONE\]/);
  });

  t.test(
    'its node is killed: a stream with content ends with an error, one without is answered elsewhere',
    async (t) => {
      const [begun, alone] = await Promise.all([
        chat(desk, 'any').then(read),
        chat(laptop, 'own').then(read),
      ]);
      const silent = chat(desk, 'any', 'silent');
      await begun.until('"2 "');
      await alone.until('"2 "');
      await until(async () => (await shownAs(gpu, 'gpu'))?.inflight === 3);
      gpu.command.child.kill('SIGKILL');
      t.match(await begun.all, /stream_cut/, 'told');
      t.notMatch(await begun.all, /\[DONE\]/);
      t.match(await alone.all, /stream_cut/);
      t.match(await (await silent).text(), /Hello[^]*\[DONE\]/, 'answered by another target');
      for (const node of [desk, laptop])
        await until(async () => (await shownAs(node, 'gpu'))?.state === 'down');
      t.match(await shownAs(laptop, 'gpu'), { error: String });
      const next = await chat(desk, 'any');
      t.equal(next.headers.get('x-switchyard-provider'), 'lab');
      t.equal(next.headers.get('x-switchyard-attempts'), '1', 'the node that is gone costs no attempt');
      await next.text();
    },
  );

  t.test('it is back: it is used again', async (t) => {
    await gpu.again();
    await until(async () => (await pickOf(desk, 'any')) === 'gpu/own');
    const answer = await chat(desk, 'any', 'short');
    t.equal(answer.headers.get('x-switchyard-provider'), 'gpu');
    await answer.text();
    writeFileSync(finish, '');
  });

  t.test('a node that hangs is out as one that is gone, and in again when it goes on', async (t) => {
    gpu.command.child.kill('SIGSTOP');
    t.teardown(() => gpu.command.child.kill('SIGCONT'));
    await until(async () => (await shownAs(desk, 'gpu'))?.state === 'down');
    t.match(await shownAs(desk, 'gpu'), { error: /has said nothing/ });
    t.equal(await pickOf(desk, 'any'), 'lab/m');
    gpu.command.child.kill('SIGCONT');
    await until(async () => (await pickOf(desk, 'any')) === 'gpu/own');
  });
});

t.test('a request that came from a peer goes to no peer', async (t) => {
  const upstreams = await Promise.all([startUpstream(), startUpstream()]);
  for (const upstream of upstreams) {
    t.teardown(() => upstream.close());
    upstream.behave('status-500');
  }
  const config = (at: number) => ({
    retry: { again: 0 },
    providers: { lab: { use: 'openai-compatible', baseUrl: upstreams[at]?.url, models: { m: 'm' } } },
  });
  const { nodes } = await startFleet(t, { one: config(0), two: config(1) });
  const [one, two] = nodes as [Node, Node];
  await until(async () => (await shownAs(one, 'two'))?.state === 'up');
  await until(async () => (await shownAs(two, 'one'))?.state === 'up');
  const answer = await chat(one, 'm');
  t.equal(answer.status, 500);
  await answer.text();
  t.equal(upstreams[0]?.posts.length, 1);
  t.equal(upstreams[1]?.posts.length, 1);
});
