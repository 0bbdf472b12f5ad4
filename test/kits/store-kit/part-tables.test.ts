import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { PartTables } from '../../../kits/store-kit/part-tables.ts';
import { Postgres } from '../../../kits/store-kit/postgres.ts';
import { noPostgres, postgresServer } from '../../postgres.ts';

const STEPS = [{ up: 'CREATE TABLE one (a TEXT)', down: 'DROP TABLE one', breaks: true }] as const;

t.test(
  'tables that PostgreSQL refuses are told once, and used as soon as it does not',
  { skip: noPostgres, timeout: 300_000 },
  async (t) => {
    const server = await postgresServer(t);
    await server.ask('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
    await server.ask('CREATE ROLE stranger LOGIN');
    const settings = { url: server.url.replace('postgres@', 'stranger@'), pool: 1 };
    const said: string[] = [];
    const opened = (steps: typeof STEPS | readonly []): PartTables => {
      const tables = new PartTables(settings, 'ones', steps, (text) => void said.push(text));
      t.teardown(() => tables.close());
      return tables;
    };
    const tables = opened(STEPS);
    for (let nth = 0; nth < 3; nth++) await t.rejects(tables.open(), /permission denied/);
    t.match(said, [/^the tables of ones in PostgreSQL cannot be used.*permission denied/]);
    t.equal(said.length, 1);
    await server.ask('GRANT CREATE ON SCHEMA public TO stranger');
    const postgres = await tables.open();
    t.same(await postgres.query('SELECT a FROM one'), []);
    await t.rejects(opened([]).open(), /are of version 1/);
    t.match(said[1], /start the newer gateway again/);
  },
);

t.test(
  'tables for which there is no connection are told once, and used when there is one',
  { skip: noPostgres, timeout: 300_000 },
  async (t) => {
    const server = await postgresServer(t);
    await server.ask('CREATE ROLE app LOGIN CONNECTION LIMIT 1');
    await server.ask('GRANT CREATE ON SCHEMA public TO app');
    const settings = { url: server.url.replace('postgres@', 'app@'), pool: 1 };
    const other = await Postgres.open(settings);
    await other.query('SELECT 1');
    const said: string[] = [];
    const tables = new PartTables(settings, 'ones', STEPS, (text) => void said.push(text));
    t.teardown(() => tables.close());
    for (let nth = 0; nth < 2; nth++) await t.rejects(tables.open(), { code: '53300' });
    t.match(said, [/what is for them waits in files: too many connections for role "app"/]);
    t.equal(said.length, 1);
    await other.close();
    while (!(await tables.open().catch(() => undefined))) await sleep(20);
    t.equal(said.length, 1);
  },
);
