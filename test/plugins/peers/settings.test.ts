/** Which of the shared settings each node has. */
import t from 'tap';
import { sharedFleet, until, weigh } from '../../config/settings/fleet/shared-fleet.ts';
import { run } from '../../command/run.ts';
import { noPostgres } from '../../postgres.ts';
import type { Switchyard } from '../../switchyard.ts';
import { KEY } from './fleet.ts';

t.test(
  'a node tells which change of the settings it has, and which one is behind and why',
  { skip: noPostgres, timeout: 180_000 },
  async (t) => {
    const { start, lab } = await sharedFleet(t);
    const only = { lab: { use: 'openai-compatible', baseUrl: lab.url, apiKey: 'k' } };
    const models = { fast: { targets: [{ provider: 'lab', model: 'm' }] } };
    const peers = { one: { key: KEY } };
    const two = await start('two', { config: { providers: only, models, peers } });
    const one = await start('one', { config: { peers: { two: { url: two.url, key: KEY } } } });
    const settings = async (of: Switchyard) =>
      (await of.ask('/nodes')).json().data.map((node: { settings: unknown }) => node.settings) as {
        readonly revision: number;
        readonly isBehind: boolean;
      }[];
    await weigh(one, 4);
    await until(async () => (await settings(one)).every((each) => each?.revision === 1));
    t.same(await settings(one), [
      { revision: 1, isBehind: false, problem: null },
      { revision: 1, isBehind: false, problem: null },
    ]);
    const body = { name: 'b', targets: [{ provider: 'other', model: 'm' }] };
    t.equal((await one.ask('/config/models', { body })).status, 200);
    await until(async () => (await settings(one))[1]!.isBehind);
    const why = /revision 2 of 'one' cannot be in force here.*'other'/s;
    await until(async () => why.test(JSON.stringify((await settings(one))[1])));
    t.match(await settings(one), [
      { revision: 2, isBehind: false, problem: null },
      { revision: 1, isBehind: true, problem: why },
    ]);
    const alone = await start('three');
    await until(async () => (await alone.ask('/nodes')).json().data.length === 3);
    const names = async () =>
      (await alone.ask('/nodes'))
        .json()
        .data.map(({ name, state, settings: own }: Listed) => [name, state, own.revision, own.isBehind]);
    t.same(
      (await names()).slice(1),
      [
        ['one', 'up', 2, false],
        ['two', 'up', 1, true],
      ],
      'without peers, by PostgreSQL',
    );
    t.equal((await one.ask('/nodes')).json().data.length, 3, 'a peer is there once');
    await alone.close();
    await until(async () => (await one.ask('/nodes')).json().data.length === 2);
    const { stdout } = await run(['nodes', '--url', one.url]);
    t.match(stdout, /its settings are behind, at change 1; revision 2 of 'one' cannot be in force here/);
  },
);

interface Listed {
  readonly name: string;
  readonly state: string;
  readonly settings: { readonly revision: number; readonly isBehind: boolean };
}
