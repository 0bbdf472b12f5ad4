import t from 'tap';
import { NO_CRASHES, afterCrash, backOff, isLoop } from '../../../plugins/supervisor/restart/crash-loop.ts';
import { minimalEnvironment } from '../../../kits/process-kit/environment.ts';
import { describeExit } from '../../../kits/process-kit/exit-meaning.ts';
import { Output } from '../../../kits/process-kit/output.ts';

t.test('back-off doubles from one second to five minutes, and half of it is chance', (t) => {
  const most = [1, 2, 3, 9, 10, 50].map((streak) => backOff(streak, () => 1));
  t.strictSame(most, [1_000, 2_000, 4_000, 256_000, 300_000, 300_000]);
  t.equal(
    backOff(1, () => 0),
    500,
  );
  t.end();
});

t.test('five crashes in a short time are a loop', (t) => {
  let crashes = NO_CRASHES;
  for (const at of [0, 1, 2, 3]) crashes = afterCrash(crashes, at, 0);
  t.notOk(isLoop(crashes));
  t.ok(isLoop(afterCrash(crashes, 4, 0)));
  t.end();
});

t.test('crashes far apart are none, yet the back-off grows', (t) => {
  let crashes = NO_CRASHES;
  for (let at = 0; at < 10; at++) crashes = afterCrash(crashes, at * 100_000, 30_000);
  t.notOk(isLoop(crashes));
  t.equal(crashes.streak, 10);
  t.end();
});

t.test('a healthy time resets the count', (t) => {
  let crashes = NO_CRASHES;
  for (const at of [0, 1, 2, 3]) crashes = afterCrash(crashes, at, 0);
  t.strictSame(afterCrash(crashes, 70_000, 60_000), { times: [70_000], streak: 1 });
  t.end();
});

t.test('output keeps whole lines whatever the chunks', (t) => {
  const told: string[] = [];
  const output = new Output((line) => told.push(line));
  const [out, err] = [output.source(), output.source()];
  const euro = Buffer.from('€');
  out(Buffer.from('one\r\ntw'));
  err(Buffer.from('other\n'));
  out(Buffer.from('o\n\n50 %\r100 % '));
  out(euro.subarray(0, 1));
  out(euro.subarray(1));
  output.flush();
  t.strictSame(output.lines, ['one', 'other', 'two', '50 %', '100 % €']);
  t.strictSame(told, output.lines);
  t.end();
});

t.test('output is bounded, in lines, in width and as a whole', (t) => {
  const output = new Output();
  const out = output.source();
  for (let i = 0; i < 1_000; i++) out(Buffer.from(`${i}\n`));
  t.equal(output.lines.length, 200);
  t.equal(output.lines.at(-1), '999');
  for (let i = 0; i < 100; i++) out(Buffer.from('x'.repeat(10_000)));
  out(Buffer.from('\n'));
  t.equal(output.lines.at(-1)!.length, 1_000);
  for (let i = 0; i < 200; i++) out(Buffer.from(`${'y'.repeat(5_000)}\n`));
  t.ok(output.lines.join('').length <= 65_536);
  t.end();
});

t.test('an exit is described in words', (t) => {
  t.equal(describeExit({ code: 1, signal: null }, []), 'exited with code 1; it wrote nothing');
  t.match(
    describeExit({ code: null, signal: 'SIGILL' }, ['a', 'b']),
    /^ended by SIGILL \(the processor .*\); last lines: a \| b$/,
  );
  t.end();
});

t.test('a program gets the proxy and trusted authorities, but no password and no key', (t) => {
  const trust = { SSL_CERT_FILE: '/ca.pem', NODE_EXTRA_CA_CERTS: '/ca.pem', REQUESTS_CA_BUNDLE: '/ca.pem' };
  const asIs = { ...trust, NO_PROXY: '127.0.0.1,.example.com', http_proxy: 'http://proxy:3128' };
  t.strictSame(minimalEnvironment({ ...asIs, OPENAI_API_KEY: 'k' }, 'linux'), asIs);
  for (const [given, known] of [
    ['http://me:secret@proxy:3128', 'http://proxy:3128'],
    ['http://me:se/cr@t@proxy:3128/', 'http://proxy:3128/'],
    ['me:secret@proxy:3128', 'proxy:3128'],
    ['socks5h://me@[::1]:1080', 'socks5h://[::1]:1080'],
  ] as const)
    t.strictSame(minimalEnvironment({ HTTPS_PROXY: given }, 'linux'), { HTTPS_PROXY: known });
  t.end();
});

t.test('on Windows variable names have no case, and more of them are needed', (t) => {
  const env = { Path: 'p', SystemRoot: 's', OPENAI_API_KEY: 'k', path: undefined };
  t.strictSame(minimalEnvironment(env, 'win32'), { Path: 'p', SystemRoot: 's' });
  t.strictSame(minimalEnvironment({ PATH: 'p', Path: 'q', HOME: 'h' }, 'linux'), { PATH: 'p', HOME: 'h' });
  t.end();
});
