import t from 'tap';
import { until } from '../../../fleet.ts';
import { noPostgres, postgresServer } from '../../../postgres.ts';
import { startSwitchyard } from '../../../switchyard.ts';
import { testFolder } from '../../../test-folder.ts';

const DAY_MS = 86_400_000;

t.test(
  'a leader whose clock is two years ahead removes no usage of the fleet that is not too old by the clock of PostgreSQL',
  { skip: noPostgres, timeout: 300_000 },
  async (t) => {
    const postgres = await postgresServer(t);
    const start = (date: () => number) =>
      startSwitchyard(
        t,
        {
          store: { use: 'postgres', url: postgres.url },
          home: testFolder(t),
          server: { apiKeys: ['a-key-of-this-test'] },
        },
        { date },
      );
    const right = await start(Date.now);
    await until(async () => {
      const [tables] = await postgres.ask(`SELECT to_regclass('switchyard_usage_batches') AS found`);
      return tables?.['found'] !== null;
    });
    await right.close();
    const insert = async (key: string, at: number): Promise<void> => {
      await postgres.ask(
        `INSERT INTO switchyard_usage (at, what, key, labels, model) VALUES ($1::bigint, $2, $2, '[]', 'm')`,
        [at, key],
      );
      await postgres.ask('INSERT INTO switchyard_usage_batches (id, at) VALUES ($2, $1::bigint)', [at, key]);
    };
    await insert('of today', Date.now());
    await insert('too old', Date.now() - 500 * DAY_MS);
    await start(() => Date.now() + 730 * DAY_MS);
    const kept = async (column: string, table: string): Promise<unknown[]> =>
      (await postgres.ask(`SELECT ${column} AS name FROM ${table} ORDER BY 1`)).map(({ name }) => name);
    const hasOld = async (column: string, table: string): Promise<boolean> =>
      (await kept(column, table)).includes('too old');
    await until(async () => !(await hasOld('id', 'switchyard_usage_batches')));
    t.notOk(await hasOld('key', 'switchyard_usage'), 'what is too old has gone');
    t.strictSame(await kept('key', 'switchyard_usage'), ['of today']);
    t.strictSame(await kept('id', 'switchyard_usage_batches'), ['of today']);
  },
);
