import type { LogLine } from '../../../../core/contracts/index.ts';
import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import t from 'tap';
import type { Test } from 'tap';
import { LogFiles } from '../../../../plugins/supervisor/log/log-files.ts';
import { Log } from '../../../../plugins/supervisor/log/log.ts';
import { masker, secretsOf } from '../../../../plugins/supervisor/log/mask-secrets.ts';
import { supervise } from '../supervise.ts';
import { until } from '../talkers.ts';
import { testFolder } from '../../../test-folder.ts';

const skip = process.platform === 'linux' ? false : 'needs /dev/full';
const at = Date.parse('2026-01-02T03:04:05.678Z');

function opened(t: Test, bounds = {}, file = join(testFolder(t, {}), 'logs', 'it.log')) {
  const circuits: (string | undefined)[] = [];
  const files = new LogFiles(file, (what) => circuits.push(what), bounds);
  const log = new Log(
    files,
    () => {},
    () => at,
  );
  const write = log.output.source();
  return { file, files, log, circuits, write: (text: string) => write(Buffer.from(text)) };
}

async function all(lines: AsyncIterable<LogLine>): Promise<LogLine[]> {
  const found: LogLine[] = [];
  for await (const line of lines) found.push(line);
  return found;
}

t.test("a program's output is in a private file of its own, with number and time", async (t) => {
  const { file, log, write } = opened(t);
  write('one\ntwo\n');
  await log.close();
  t.equal(readFileSync(file, 'utf8'), '1 2026-01-02T03:04:05.678Z one\n2 2026-01-02T03:04:05.678Z two\n');
  t.equal(statSync(file).mode & 0o777, 0o600);
  t.equal(statSync(join(file, '..')).mode & 0o777, 0o700);
});

t.test('numbers continue after a restart of the gateway, even in the middle of a line', async (t) => {
  const before = opened(t);
  before.write('one\ntwo\n');
  await before.log.close();
  appendFileSync(before.file, '3 2026-01-02T03:0');
  const { log, write, file } = opened(t, {}, before.file);
  t.equal(log.output.count, 2);
  write('three\n');
  await log.close();
  t.strictSame(
    (await log.last(10)).map(({ n, line }) => `${n} ${line}`),
    ['1 one', '2 two', '3 three'],
  );
  t.match(readFileSync(file, 'utf8'), /3 2026-01-02T03:0\n3 2026-01-02T03:04:05\.678Z three\n$/);
});

t.test('large files are rotated, and the oldest is deleted', async (t) => {
  const { file, files, log, write } = opened(t, { size: 2_000, files: 3 });
  for (let nth = 1; nth <= 300; nth++) {
    write(`line ${nth}\n`);
    if (nth % 10 === 0) await files.flush();
  }
  t.strictSame(readdirSync(join(file, '..')).sort(), ['it.log', 'it.log.1', 'it.log.2']);
  for (const name of ['it.log', 'it.log.1', 'it.log.2']) t.ok(statSync(join(file, '..', name)).size <= 2_000);
  const kept = await all(files.lines());
  t.ok(kept.length > 50 && kept.length < 160);
  t.strictSame(
    kept.map(({ n }) => n),
    Array.from(kept, (_, nth) => 301 - kept.length + nth),
    'none is missing',
  );
  t.strictSame((await log.last(250)).length, 200 + kept.filter(({ n }) => n <= 100).length);
});

t.test('lines no longer in memory are read from the file', async (t) => {
  const { log, write } = opened(t);
  for (let nth = 1; nth <= 500; nth++) write(`line ${nth} ${nth === 7 ? 'Odd' : ''}\n`);
  t.equal(log.output.kept.length, 200);
  t.match(await log.last(10, 'oDD'), [{ n: 7, line: 'line 7 Odd' }]);
  const last = await log.last(400);
  t.match(last, { length: 400, 0: { n: 101 }, 399: { n: 500 } });
  t.match(await all(log.after(100)), { length: 400, 0: { n: 101 } });
  t.match(await all(log.after(498)), [{ n: 499 }, { n: 500 }]);
});

t.test('a full disk costs lines, and is reported; the program goes on', { skip }, async (t) => {
  const folder = testFolder(t, {});
  const file = join(folder, 'it.log');
  symlinkSync('/dev/full', file);
  const { log, files, circuits, write } = opened(t, { pause: 20 }, file);
  for (let nth = 1; nth <= 5; nth++) write(`lost ${nth}\n`);
  await files.flush();
  t.match(circuits, [/ENOSPC/]);
  write('lost 6\n');
  await files.flush();
  t.equal(circuits.length, 1, 'once');
  rmSync(file);
  write('kept\n');
  await until(() => circuits.length === 2);
  t.equal(circuits[1], undefined);
  t.match(
    readFileSync(file, 'utf8'),
    /^\n# 6 lines are not here: the disk could not be written \(ENOSPC\)\n7 \S+ kept\n$/,
  );
  t.match(await log.last(3), [{ n: 5 }, { n: 6 }, { n: 7 }], 'what is in memory is told for all that');
});

t.test('a hanging disk costs bounded memory', { skip }, async (t) => {
  const { log, files, file, write } = opened(t, {}, join(testFolder(t, {}), 'it.log'));
  // Opening it waits for a reader.
  execFileSync('mkfifo', [file]);
  const line = 'x'.repeat(900);
  for (let nth = 1; nth <= 4_000; nth++) {
    write(`${line}\n`);
    if (nth === 100) void files.flush();
  }
  const reader = spawn('/bin/sh', ['-c', 'exec 3<>"$1"; exec cat <&3', 'reader', file]);
  t.teardown(() => reader.kill());
  let lines = 0;
  let dropped = 0;
  createInterface({ input: reader.stdout }).on('line', (text) => {
    lines++;
    dropped ||= Number(/^# (\d+) lines are not here: the disk was slow/.exec(text)?.[1] ?? 0);
  });
  await until(() => lines > 1_000);
  t.ok(dropped > 2_000, 'most were dropped, some were not');
  write('more\n');
  t.equal(log.output.kept.at(-1)?.line, 'more');
  await log.close();
});

t.test('secrets are masked wherever a program writes them', async (t) => {
  const spec = {
    secrets: {
      TOKEN: { required: true, description: '', value: 'sésame "open"' },
      PEM: { required: false, description: '', value: 'begin\nline-of-key\nend' },
    },
    env: { DB_PASSWORD: 'hunter2hunter2', TOKEN_COUNT: '5', KEY: '{key}' },
  };
  const { file, log, write } = opened(t);
  log.output.hide = masker(secretsOf(spec as never, 'the-key-of-this-run'));
  const base64 = Buffer.from('sésame "open"').toString('base64');
  write('plain sésame ');
  write('"open" and key the-key-of');
  write(
    `-this-run\njson ${JSON.stringify({ token: 'sésame "open"' })}\nurl ?t=${encodeURIComponent('sésame "open"')}\n`,
  );
  write(`basic ${base64}\npem line-of-key\ncount 5 hunter2hunter2\n${'y'.repeat(995)}the-key-of-this-run\n`);
  await log.close();
  t.strictSame(log.output.lines, [
    'plain *** and key ***',
    'json {"token":"***"}',
    'url ?t=***',
    `basic ${'***'}${base64.endsWith('=') ? '=' : ''}`,
    'pem ***',
    'count 5 ***',
    `${'y'.repeat(995)}***`,
  ]);
  t.notMatch(readFileSync(file, 'utf8'), /sésame|hunter2|the-key|line-of-key/);
});

t.test('neither output, file nor status of a program shows its secrets', async (t) => {
  const value = 'a-secret-of-mine';
  const { one } = supervise(t, 'env serve crash', {
    spec: { secrets: { TOKEN: { required: true, description: 'a token', value } }, env: { PORT: 'none' } },
  });
  await one.start('the test wants it').catch(() => {});
  await until(() => one.output.some((line) => line.includes('"TOKEN":"***"')));
  await one.close();
  t.notMatch(JSON.stringify([one.describe(), one.history, await one.log.last(1_000)]), new RegExp(value));
});
