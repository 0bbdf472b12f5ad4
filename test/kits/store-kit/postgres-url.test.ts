import t from 'tap';
import { readUrl } from '../../../kits/store-kit/postgres-url.ts';

const unverified = { rejectUnauthorized: false };

t.test('a URL names hosts, user, password, database and settings', (t) => {
  t.same(readUrl('postgres://me:p%40ss%2F@db:6432/da%20ta?search_path=a,%20b&options=-c%20x%3D1'), {
    ways: [{ host: 'db', port: 6432, ssl: false }],
    session: {
      user: 'me',
      database: 'da ta',
      application_name: 'switchyard',
      options: String.raw`-c x=1 -c search_path=a,\ b`,
      enableChannelBinding: false,
    },
    password: 'p@ss/',
    isPrimary: false,
  });
  t.match(readUrl('postgresql://db?application_name=a&channel_binding=require'), {
    session: { application_name: 'a', enableChannelBinding: true, options: '' },
  });
  t.end();
});

t.test('several hosts are tried in turn, and one that takes writes is wanted', (t) => {
  const { ways, isPrimary } = readUrl('postgres://me@a:1,b,[::1]:3/data');
  t.same(ways, [
    { host: 'a', port: 1, ssl: false },
    { host: 'b', ssl: false },
    { host: '::1', port: 3, ssl: false },
  ]);
  t.equal(isPrimary, true);
  t.equal(readUrl('postgres://a,b/data?target_session_attrs=any').isPrimary, false);
  t.equal(readUrl('postgres://a/data?target_session_attrs=primary').isPrimary, true);
  t.throws(() => readUrl('postgres://a,b/data?target_session_attrs=standby'), /gateways write/);
  t.end();
});

t.test('sslmode says whether it has TLS, and store.tls says it instead', (t) => {
  const tlsOf = (parameters: string, tls?: object) =>
    readUrl(`postgres://db/data?${parameters}`, tls).ways.map(({ ssl }) => ssl);
  t.same(tlsOf('sslmode=disable'), [false]);
  t.same(tlsOf('sslmode=prefer'), [unverified, false]);
  t.same(tlsOf('sslmode=require'), [unverified]);
  for (const mode of ['sslmode=verify-ca', 'sslmode=verify-full', 'ssl=true']) t.same(tlsOf(mode), [true]);
  t.same(tlsOf('sslmode=disable', { ca: 'text' }), [{ ca: 'text' }]);
  t.same(readUrl('postgres://%2Frun%2Fpostgresql/data?sslmode=require').ways, [
    { host: '/run/postgresql', ssl: false },
  ]);
  t.end();
});

t.test('what is wrong is told, without the password', (t) => {
  for (const [url, message] of [
    ['postgres://me:secret@db:port/data', /'db:port' is not a host/],
    ['postgres://me:%secret@db/data', /a % is not followed/],
    ['postgres://me:secret@db/data?sslmode=on', /sslmode=on is none: say/],
    ['postgres://me:secret@db/data?sslrootcert=/ca.pem', /sslrootcert .*store\.tls/],
  ] as const) {
    const error = t.throws(() => readUrl(url), { code: 'config_invalid', message }) as unknown as Error;
    t.notMatch(error.message, /secret/);
  }
  t.end();
});
