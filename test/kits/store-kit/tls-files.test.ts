import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Postgres } from '../../../kits/store-kit/postgres.ts';
import { isRefused } from '../../../kits/store-kit/refusal.ts';
import { noPostgres, postgresServer } from '../../postgres.ts';
import { testFolder } from '../../test-folder.ts';
import { testCertificate } from '../../upstream/tls.ts';

const skip = noPostgres;
const timeout = 300_000;
const TLS = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';

t.test('renewed certificates are used without a restart', { skip, timeout }, async (t) => {
  const server = await postgresServer(t);
  await server.certify(testCertificate());
  const ca = join(testFolder(t, {}), 'ca.pem');
  writeFileSync(ca, testCertificate('api.example.test').cert);
  const postgres = await Postgres.open({ url: server.url, pool: 1, tls: { ca } });
  t.teardown(() => postgres.close());
  const error: unknown = await postgres.query(TLS).catch((thrown: unknown) => thrown);
  t.match(error, { message: /self-signed certificate/ });
  t.notOk(isRefused(error), 'it is tried again');
  writeFileSync(ca, testCertificate().cert);
  t.same(await postgres.query(TLS), [{ ssl: true }]);
});

t.test('sslmode=prefer has TLS where the server has it', { skip, timeout }, async (t) => {
  const server = await postgresServer(t);
  const preferring = async (): Promise<unknown> => {
    const postgres = await Postgres.open({ url: `${server.url}?sslmode=prefer`, pool: 1 });
    return postgres.query(TLS).finally(() => postgres.close());
  };
  t.same(await preferring(), [{ ssl: false }]);
  await server.certify(testCertificate());
  t.same(await preferring(), [{ ssl: true }]);
});

t.test('a server with TLS that stands still is given up in time', { skip, timeout }, async (t) => {
  const server = await postgresServer(t);
  await server.certify(testCertificate());
  const postgres = await Postgres.open({ url: `${server.url}?sslmode=require`, pool: 1 });
  t.same(await postgres.query(TLS), [{ ssl: true }]);
  await server.frozen(async () => {
    await t.rejects(postgres.query('SELECT 1'), /does not answer/);
    await t.rejects(postgres.query('SELECT 1'), /does not answer a connection/);
  });
  t.same(await postgres.query('SELECT 1 AS n'), [{ n: 1 }]);
  await server.frozen(() => postgres.close());
});
