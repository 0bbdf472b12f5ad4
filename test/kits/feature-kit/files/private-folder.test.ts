import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { privateFolder } from '../../../../kits/feature-kit/files/private-folder.ts';
import { Secrets } from '../../../../kits/secret-kit/index.ts';
import { startSwitchyard } from '../../../switchyard.ts';
import { testFolder } from '../../../test-folder.ts';
import { tinyProgram } from '../../../tiny-program.ts';

const windows = process.platform === 'win32' ? 'has other permissions' : false;
const modeOf = (path: string): number => statSync(path).mode & 0o777;

t.test('home is private to the gateway’s user, new or existing', { skip: windows }, async (t) => {
  const folder = testFolder(t, {});
  const before = process.umask(0);
  t.teardown(() => process.umask(before));
  mkdirSync(join(folder, 'there'), { mode: 0o755 });
  for (const home of ['new/and/deep', 'there']) {
    const switchyard = await startSwitchyard(t, { home: join(folder, home), history: { enabled: true } });
    t.equal(modeOf(join(folder, home)), 0o700, home);
    await switchyard.close();
  }
});

t.test('other permissions do not change', { skip: windows }, async (t) => {
  const folder = testFolder(t, {});
  const shared = join(folder, 'tmp');
  mkdirSync(shared);
  chmodSync(shared, 0o1777);
  const around = modeOf(process.cwd());
  for (const one of [shared, process.cwd(), '/']) {
    const mode = statSync(one).mode;
    await privateFolder(one);
    t.equal(statSync(one).mode, mode, one);
  }
  t.equal(modeOf(process.cwd()), around);
});

/** A small disk of its own; undefined: none can be had. */
function smallDisk(t: Test, folder: string): string | undefined {
  const disk = join(folder, 'disk');
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  t.teardown(() => execFileSync('umount', ['-l', disk]));
  return disk;
}

/** Takes all the room that is left. */
function fill(disk: string): string {
  const file = join(disk, 'full');
  for (const size of [65_536, 4_096])
    try {
      for (;;) writeFileSync(file, Buffer.alloc(size), { flag: 'a' });
    } catch {
      // That is what it is for.
    }
  return file;
}

t.test('a secret on a full disk: the error says so, and stored secrets stay', async (t) => {
  const tiny = tinyProgram(t);
  const disk = smallDisk(t, testFolder(t, {}));
  if (disk === undefined) return void t.comment('a disk of its own needs root and mount');
  const home = join(disk, 'home');
  const { plugin, source, there } = tiny;
  const providers = { tiny: { use: plugin, port: 'free', source, start: 'manual' } };
  const switchyard = await startSwitchyard(t, { home, providers }, { env: there.env });
  const put = (value: string) =>
    switchyard.ask('/providers/tiny/secrets', { method: 'PUT', body: { TOKEN: value } });
  const kept = async () => (await Secrets.open({ home, env: {} })).get('tiny/TOKEN');
  t.equal((await put('the first')).status, 200);
  const full = fill(disk);
  const { status, text } = await put(`planted ${'x'.repeat(8_000)}`);
  t.equal(status, 507);
  t.match(JSON.parse(text).error, {
    code: 'secret_not_saved',
    message: /^Nothing was saved: the disk that .*secrets\.json is on is full; make room there$/,
  });
  t.notMatch(text, 'planted');
  t.equal(await kept(), 'the first');
  t.match(
    readdirSync(home).filter((name) => name.endsWith('.new')),
    [],
  );
  // What overrides the config is said in the same words.
  const route = await switchyard.ask('/config/load-balancing?strategy=random', { method: 'POST' });
  t.match(route.json().error, {
    code: 'config_not_saved',
    message: /the disk that .*overrides\.json is on is full/,
  });
  rmSync(full);
  t.equal((await put('the second')).status, 200);
  t.equal(await kept(), 'the second');
  t.ok(existsSync(home));
});
