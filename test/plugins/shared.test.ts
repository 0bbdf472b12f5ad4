import { join } from 'node:path';
import t from 'tap';
import { openLab } from '../lab.ts';
import { freePort } from '../command.ts';
import { noRedis, redisServer } from '../redis.ts';
import { startSwitchyard } from '../switchyard.ts';

const skip = noRedis;
const tls = join(import.meta.dirname, '../fixtures/tls');

t.test('a mistake in shared stops the start, and says what to write', async (t) => {
  const refused = (config: object, message: RegExp) =>
    t.rejects(startSwitchyard(t, { ...config }), { message });
  await refused({ shared: { use: 'redis' } }, /shared\.url: missing/);
  await refused({ shared: { use: 'redis', url: 'http://127.0.0.1' } }, /shared\.url/);
  await refused(
    { shared: { use: 'redis', url: 'rediss://127.0.0.1:1', tls: { ca: '/no/such.pem' } } },
    /shared\.tls\.ca: .*no such file/,
  );
  await refused(
    { shared: { use: 'redis', url: 'redis://127.0.0.1:1', tls: { ca: join(tls, 'localhost.cert.pem') } } },
    /shared\.tls: .*rediss/,
  );
  const [one, other] = ['redis://127.0.0.1:1', 'redis://127.0.0.1:2'];
  await refused(
    { shared: { use: 'redis', url: one }, auth: { shared: { use: 'redis', url: other } } },
    /auth\.shared: shared names another url/,
  );
});

t.test('Redis is reached with TLS and an authority of its own', { skip }, async (t) => {
  const port = String(await freePort());
  await redisServer(t, {
    'tls-port': port,
    'tls-cert-file': join(tls, 'localhost.cert.pem'),
    'tls-key-file': join(tls, 'localhost.key.pem'),
    'tls-ca-cert-file': join(tls, 'localhost.cert.pem'),
    'tls-auth-clients': 'no',
  });
  const url = `rediss://127.0.0.1:${port}`;
  const healthOf = async (shared: object) => {
    const { switchyard } = await openLab(t, { config: { shared: { use: 'redis', url, ...shared } } });
    return (await switchyard.ask('/health')).json().limits_problem;
  };
  t.equal(await healthOf({ tls: { ca: join(tls, 'localhost.cert.pem') } }), null);
  t.match(await healthOf({}), /certificate/, 'without it the certificate is refused');
});

t.test('auth.shared, its old name, still works, and the log says so', { skip }, async (t) => {
  const { url, ask } = await redisServer(t);
  const { switchyard } = await openLab(t, { config: { auth: { shared: { use: 'redis', url } } } });
  t.match(switchyard.log.join(''), /auth\.shared is now shared/);
  t.match(await ask('ZCARD', 'switchyard:nodes'), ':1');
});

t.test('gateways with another prefix are another fleet', { skip }, async (t) => {
  const { url } = await redisServer(t);
  const limited = (prefix: string) =>
    openLab(t, {
      config: {
        shared: { use: 'redis', url, prefix },
        auth: { limits: { all: { requests: { total: 1 } } } },
      },
    });
  const labs = [await limited('one:'), await limited('two:')];
  for (const { switchyard } of labs) t.equal((await switchyard.chat()).status, 200);
  for (const { switchyard } of labs) t.equal((await switchyard.chat()).status, 429);
});
