/** The requests of several gateways, at each of them. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { startCommand } from '../../command.ts';
import { noPostgres, postgresServer } from '../../postgres.ts';
import type { Parsed } from '../../switchyard.ts';
import { testFolder } from '../../test-folder.ts';
import { keeping, pages, upstream } from './keep.ts';

const skip = noPostgres;
const timeout = 180_000;
/** A gateway that knows of no key is closed while PostgreSQL cannot be asked for one. */
const [KEY, headers] = ['key-number-one', { authorization: 'Bearer key-number-one' }];

async function until<T>(question: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await question();
    if (holds(answer)) return answer;
    await sleep(20);
  }
}

t.test('a gateway lists the requests of another, or says what is missing', { skip, timeout }, async (t) => {
  const server = await postgresServer(t);
  const one = await upstream(t);
  const folder = testFolder(t, {});
  const start = async (node: string) => {
    const home = join(folder, node);
    mkdirSync(home, { recursive: true });
    const store = { use: 'postgres', url: server.url };
    const config = { server: { apiKeys: [KEY] }, store, shared: { node } };
    const gateway = await keeping(t, home, { one }, config);
    return {
      ask: (path: string) => gateway.ask(path, { headers }),
      chat: () => gateway.chat({ model: 'm' }, { headers }),
    };
  };
  const [a, b] = [await start('a'), await start('b')];
  const list = async (gateway: typeof a) => (await gateway.ask('/requests?limit=1000')).json();
  const nodes = async (gateway: typeof a) => {
    const { data, problem } = await list(gateway);
    const of = (node: string): number =>
      data.filter((listed: { node: string }) => listed.node === node).length;
    return { a: of('a'), b: of('b'), count: data.length as number, problem: problem as string | null };
  };
  for (let nth = 0; nth < 6; nth++) await a.chat();
  for (let nth = 0; nth < 3; nth++) await b.chat();
  for (const gateway of [a, b])
    t.same(
      await until(
        () => nodes(gateway),
        ({ count }) => count >= 9,
      ),
      { a: 6, b: 3, count: 9, problem: null },
    );
  t.equal((await pages(b)).length, 9, 'page by page');
  const { data } = await list(a);
  const theirs = data.find(({ node }: { node: string }) => node === 'b').id as string;
  t.match((await a.ask(`/requests/${theirs}`)).json(), { id: theirs, node: 'b', ending: 'complete' });
  t.equal((await a.ask('/requests/none')).status, 404);
  await server.kill();
  for (let nth = 0; nth < 2; nth++) t.equal((await b.chat()).status, 200);
  const alone = await until(
    () => nodes(b),
    ({ problem }) => problem !== null,
  );
  t.match(alone, { a: 0, b: 5, problem: String });
  const lost = await b.ask(`/requests/${theirs}x`);
  t.equal(lost.status, 503, 'another gateway may have it');
  t.match(lost.json(), { error: { code: 'store_unavailable' } });
  const own = (await list(b)).data.find(({ node }: { node: string }) => node === 'b').id as string;
  t.equal((await b.ask(`/requests/${own}`)).status, 200);
  await server.start();
  for (const gateway of [a, b])
    t.same(
      await until(
        () => nodes(gateway),
        ({ count, problem }) => count >= 11 && problem === null,
      ),
      {
        a: 6,
        b: 5,
        count: 11,
        problem: null,
      },
    );
});

t.test(
  'a gateway is killed while PostgreSQL is lost: what it had written is at the other after its next start',
  { skip, timeout },
  async (t) => {
    const [server, one] = await Promise.all([postgresServer(t), upstream(t)]);
    const folder = testFolder(t, {});
    const start = async (node: string) => {
      const home = join(folder, node);
      mkdirSync(home, { recursive: true });
      const lab = { use: 'openai-compatible', baseUrl: one.url, models: { m: 'm' }, surfaces: ['chat'] };
      const command = startCommand(t, {
        config: {
          server: { port: 0, apiKeys: [KEY] },
          discover: false,
          home,
          store: { use: 'postgres', url: server.url },
          shared: { node },
          providers: { lab },
        },
      });
      const url = await command.url;
      const ask = async (path: string, body?: object) => {
        const post = body && { method: 'POST', body: JSON.stringify({ model: 'm', ...body }) };
        const json = { ...headers, 'content-type': 'application/json' };
        const answer = await fetch(url + path, { headers: json, ...post });
        return { status: answer.status, json: (await answer.json()) as Parsed };
      };
      return { command, ask };
    };
    const [a, b] = await Promise.all([start('a'), start('b')]);
    const first = (await a.ask('/v1/responses', { input: 'hi' })).json.id as string;
    await server.kill();
    const next = await a.ask('/v1/responses', { input: 'more', previous_response_id: first });
    t.equal(next.status, 200);
    const { id } = next.json;
    t.equal((await a.ask(`/v1/responses/${id}`)).status, 200, 'it is in the file');
    const had = (await a.ask('/requests')).json.data as { id: string }[];
    a.command.child.kill('SIGKILL');
    await a.command.ended;
    await server.start();
    await start('a');
    const listed = await until(
      async () => (await b.ask('/requests')).json.data as { id: string; node: string }[],
      (data) => data.filter(({ node }) => node === 'a').length >= had.length,
    );
    t.same(
      listed.filter(({ node }) => node === 'a').map((request) => request.id),
      had.map((request) => request.id),
    );
    const on = await until(
      () => b.ask('/v1/responses', { input: 'go on', previous_response_id: id }),
      ({ status }) => status === 200,
    );
    t.equal(on.json.previous_response_id, id);
  },
);
