// What the README says of plugin mode, done as it says it, in a folder of its own.
import { execFile, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { request } from 'undici';
import { root } from '../../gateway.ts';
import { freePort } from '../command.ts';

const README = readFileSync(join(root, 'README.md'), 'utf8');
const [, setup = '', app = ''] =
  /As a plugin of your own[^]*?```\n([^`]*)\n```[^]*?```ts\n([^`]*)```/.exec(README) ?? [];
const [, file = ''] = /node (\S+)` serves/.exec(README) ?? [];

/** Tells what has been loaded, and how much CPU it took, once the app begins to listen; no request leaves the machine. */
const NOTES = `
  import dns from 'node:dns';
  import { Server } from 'node:net';
  import { registerHooks, syncBuiltinESMExports } from 'node:module';
  import workers from 'node:worker_threads';
  const loaded = [];
  registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
  const { Worker } = workers;
  let threads = 0;
  workers.Worker = class extends Worker { constructor(...given) { super(...given); threads++; } };
  syncBuiltinESMExports();
  const { listen } = Server.prototype;
  Server.prototype.listen = function (...given) {
    const { user, system } = process.cpuUsage();
    console.error(JSON.stringify({ cpu: user + system, threads, loaded }));
    return listen.apply(this, given);
  };
  const { lookup } = dns;
  dns.lookup = (name, options, done) => /^[\\d.:]+$|^localhost$/.test(name) ? lookup(name, options, done) : (done ?? options)(Object.assign(new Error('offline'), { code: 'ENOTFOUND' }));
`;

const OTHERS = /^(?:\.git|\.tap|\.cache|node_modules|test|bench|docs)$/;

/** A folder with a checkout in it and an app beside it, whose text is the README's but for the port and the time that a plugin may take. */
async function fresh(t: Test, hasPackages = true) {
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-app-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const checkout = join(folder, 'switchyard');
  const filter = (path: string): boolean =>
    !path
      .slice(root.length)
      .split('/')
      .some((name) => OTHERS.test(name));
  cpSync(root, checkout, { recursive: true, filter });
  if (hasPackages)
    for (const place of ['.', 'web'].filter((one) => existsSync(join(root, one, 'node_modules'))))
      symlinkSync(join(root, place, 'node_modules'), join(checkout, place, 'node_modules'));
  cpSync(join(root, 'node_modules'), join(folder, 'node_modules'), { recursive: true, filter: isOfFastify });
  const port = await freePort();
  // A busy machine may need longer than the ten seconds that Fastify gives a plugin.
  const patient = app.replace('Fastify()', 'Fastify({ pluginTimeout: 90_000 })');
  writeFileSync(join(folder, file), patient.replaceAll('3000', String(port)));
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "commonjs" }');
  return { folder, url: `http://127.0.0.1:${port}/ai` };
}

/** Its own Fastify, as an app has one; links would lead to that of the checkout. */
const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, { dev?: boolean }>;
};
const TAKEN = new Set(
  Object.entries(packages).flatMap(([path, { dev }]) => (path === '' || dev ? [] : [path])),
);
function isOfFastify(path: string): boolean {
  const inside = path.slice(root.length).replace(/\/$/, '');
  const [, name = ''] = /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(inside) ?? [];
  return name === '' || /^@[^/]+$/.test(name) || TAKEN.has(`node_modules/${name}`);
}

t.test("the README's plugin mode works as written", { timeout: 300_000 }, async (t) => {
  t.match(setup, /^npm .*setup$/);
  t.match(app, /app\.register\(switchyard/);
  const { folder, url } = await fresh(t);
  const [command = '', ...words] = setup.split(' ');
  await promisify(execFile)(command, words, { cwd: folder });
  const { PATH = '', HOME = '' } = process.env;
  const preload = `--import=data:text/javascript,${encodeURIComponent(NOTES)}`;
  // Through `env -i`: nothing of the environment of the tests is its own.
  const env = [`PATH=${PATH}`, `HOME=${HOME}`, 'OPENAI_API_KEY=planted-key'];
  const child = spawn('/usr/bin/env', ['-i', ...env, process.execPath, preload, file], { cwd: folder });
  t.teardown(() => void child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
  const ask = async (path: string) => {
    for (;;) {
      const answer = await request(url + path).catch(() => undefined);
      if (answer) return { status: answer.statusCode, text: await answer.body.text() };
      if (child.exitCode !== null) throw new Error(said);
      await sleep(50);
    }
  };
  t.equal((await ask('/v1/models')).status, 200);
  t.match((await ask('/providers')).text, /"name":"openai"/);
  t.match((await ask('/')).text, /<!doctype html>/i);
  t.match((await ask('/metrics')).text, /^switchyard_provider_state/m);

  const notes = JSON.parse(/^\{"cpu.*$/m.exec(said)?.[0] as string) as {
    cpu: number;
    threads: number;
    loaded: string[];
  };
  const offload =
    /node_modules\/(?:piscina|@prometheus-io)|node_modules\/undici\/|plugins\/history\/(?:thread|store)/;
  t.strictSame(
    notes.loaded.filter((module) => offload.test(module)),
    [],
    'what only requests need comes with them',
  );
  t.equal(notes.threads, 0, 'no thread is started before the app is ready');
  const bare = `const { user, system } = process.cpuUsage(); console.log(user + system)`;
  const least = Number(
    spawnSync('/usr/bin/env', ['-i', process.execPath, '-e', bare], { encoding: 'utf8' }).stdout,
  );
  t.ok(
    notes.cpu < 100 * least,
    `${notes.cpu / 1e3} ms of CPU until it listens, beside ${least / 1e3} ms of a bare Node`,
  );
});

t.test('without its packages the error says how to install them', async (t) => {
  const { folder } = await fresh(t, false);
  rmSync(join(folder, 'node_modules/yaml'), { recursive: true, force: true });
  const env = { PATH: process.env.PATH ?? '', OPENAI_API_KEY: 'planted-key' };
  const child = spawn(process.execPath, [file], { cwd: folder, env });
  t.teardown(() => void child.kill('SIGKILL'));
  let said = '';
  for await (const chunk of child.stderr) said += String(chunk);
  t.match(said, /the packages of \S+\/switchyard\/ are not installed; run: npm --prefix \S+ run setup/);
});
