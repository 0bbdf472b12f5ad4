import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync, statSync, writeFileSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Secrets } from '../../../kits/secret-kit/index.ts';
import { testFolder } from '../../test-folder.ts';

const PLANTED = 'planted-value';
const key = (): string => randomBytes(32).toString('base64');

t.test('a secret is encrypted on disk, and is read again with the key that was made', async (t) => {
  const home = join(testFolder(t, {}), 'home');
  const secrets = await Secrets.open({ home, env: {} });
  t.same(readdirSync(join(home, '..')), [], 'without a secret nothing is written');
  await secrets.change({ one: PLANTED, two: '' });
  t.equal(secrets.get('one'), PLANTED);
  for (const name of ['secrets.json', 'secret.key'])
    t.equal(statSync(join(home, name)).mode & 0o777, 0o600, name);
  const text = readFileSync(secrets.file, 'utf8');
  t.notMatch(text, PLANTED);
  t.notMatch(text, Buffer.from(PLANTED).toString('base64'));
  const again = await Secrets.open({ home, env: {} });
  t.same([again.get('one'), again.get('two'), again.get('three')], [PLANTED, '', undefined]);
  t.match(again.list(), [{ name: 'one', changed: /^\d{4}-/ }, { name: 'two' }]);
  await again.change({ one: undefined, two: undefined });
  t.same(readdirSync(home), ['secret.key']);
});

t.test('equal secrets are not equal on disk, and none opens under another name', async (t) => {
  const home = testFolder(t, {});
  const env = { SWITCHYARD_SECRET_KEY: key() };
  const secrets = await Secrets.open({ home, env });
  await secrets.change({ a: PLANTED, b: PLANTED });
  const content = JSON.parse(readFileSync(secrets.file, 'utf8'));
  t.not(content.secrets.a.sealed, content.secrets.b.sealed);
  content.secrets.a = content.secrets.b;
  writeFileSync(secrets.file, JSON.stringify(content));
  const swapped = await Secrets.open({ home, env });
  t.throws(() => swapped.get('a'), { code: 'config_invalid', message: /'a' in .* is damaged/ });
  t.equal(swapped.get('b'), PLANTED);
  t.notOk(readdirSync(home).includes('secret.key'), 'a key of the environment is not written');
});

t.test('a wrong, missing or readable key is reported, and what is stored stays', async (t) => {
  const home = testFolder(t, {});
  const env = { SWITCHYARD_SECRET_KEY: key() };
  await (await Secrets.open({ home, env })).change({ a: PLANTED });
  const open = (more: Record<string, string>) => Secrets.open({ home, env: more });
  await t.rejects(open({}), {
    code: 'config_invalid',
    message: /its key is not there: set SWITCHYARD_SECRET_KEY/,
  });
  await t.rejects(open({ SWITCHYARD_SECRET_KEY: key() }), { message: /encrypted with another key/ });
  await t.rejects(open({ SWITCHYARD_SECRET_KEY: 'short' }), { message: /no key of 32 bytes.*openssl rand/ });
  await t.rejects(open({ SWITCHYARD_SECRET_KEY_FILE: join(home, 'none') }), { message: /cannot be read/ });
  const other = Secrets.none({ home, env: { SWITCHYARD_SECRET_KEY: key() } });
  await t.rejects(other.change({ b: 'x' }), { code: 'secret_not_saved', message: /another key/ });
  const file = join(home, 'secret.key');
  writeFileSync(file, `${env.SWITCHYARD_SECRET_KEY}\n`);
  chmodSync(file, 0o644);
  await t.rejects(open({}), { message: /can be read by other users; chmod 600/ });
  chmodSync(file, 0o600);
  t.equal((await open({})).get('a'), PLANTED);
  const hex = Buffer.from(env.SWITCHYARD_SECRET_KEY, 'base64').toString('hex');
  t.equal((await open({ SWITCHYARD_SECRET_KEY: hex })).get('a'), PLANTED);
  chmodSync(file, 0o644);
  t.equal((await open({ SWITCHYARD_SECRET_KEY_FILE: file })).get('a'), PLANTED, 'as /run/secrets has it');
});

t.test('two processes that write at once lose nothing', async (t) => {
  const home = testFolder(t, {});
  const all = await Promise.all(Array.from({ length: 8 }, () => Secrets.open({ home, env: {} })));
  await Promise.all(all.map((one, at) => one.change({ [`s${at}`]: String(at) })));
  const read = await Secrets.open({ home, env: {} });
  t.same(
    all.map((_, at) => read.get(`s${at}`)),
    all.map((_, at) => String(at)),
  );
});

t.test('plain text of an earlier version is encrypted when it is first read', async (t) => {
  const home = testFolder(t, { 'secrets.json': JSON.stringify({ tiny: { TOKEN: PLANTED } }) });
  const secrets = await Secrets.open({ home, env: {} });
  t.equal(secrets.get('tiny/TOKEN'), PLANTED);
  t.notMatch(readFileSync(secrets.file, 'utf8'), PLANTED);
  t.equal((await Secrets.open({ home, env: {} })).get('tiny/TOKEN'), PLANTED);
});

t.test('a damaged file is kept beside the new one, and is not quoted', async (t) => {
  const home = testFolder(t, { 'secrets.json': `{"tiny": "${PLANTED}` });
  const place = { home, env: {} };
  const failure = await Secrets.open(place).catch((error: Error) => error);
  t.match(failure, { code: 'config_invalid', message: /is not a store of secrets/ });
  t.notMatch((failure as Error).message, PLANTED);
  await Secrets.none(place).change({ a: 'x' });
  t.equal((await Secrets.open(place)).get('a'), 'x');
  t.ok(readdirSync(home).some((name) => name.startsWith('secrets.json.broken-')));
});
