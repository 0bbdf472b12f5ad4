import type { Transport } from '../../../../core/contracts/index.ts';
import type { Socket } from 'node:net';
import t, { type Test } from 'tap';
import { http1Transport } from '../../../../plugins/transports/http1/transport.ts';
import { undiciTransport } from '../../../../plugins/transports/undici/transport.ts';
import { listRecordings, readRecording } from '../../../upstream/recordings.ts';
import { goodAnswers as all } from './answers.ts';
import { ask, type Calls } from './calls.ts';
import { chance } from '../../../chance.ts';
import { mutated } from './mutate.ts';
import { rawServer } from './raw-server.ts';

/** undici cannot count to the length that was told twice, though RFC 9110 §8.6 lets it. */
const goodAnswers = all.filter(({ what }) => what !== 'two lengths that are the same');

/** How often answers are changed by chance; more, and from another seed, by hand. */
const ROUNDS = Number(process.env.FUZZ_ROUNDS ?? 400);
const SEED = Number(process.env.FUZZ_SEED ?? 7);

/** The same request over both, to a server that writes these bytes in these pieces and then ends. */
async function duel(
  t: Test,
): Promise<(pieces: readonly string[], method?: string) => Promise<[own: Calls, undicis: Calls]>> {
  let pieces: readonly string[] = [];
  const server = await rawServer(t, (socket) => write(socket, pieces));
  const [own, undici] = [http1Transport(), undiciTransport()];
  t.teardown(() => Promise.all([own.close(), undici.close()]));
  const over = async (transport: Transport, method: string): Promise<Calls> => {
    const calls = ask(transport, server.origin, { method });
    const late = setTimeout(() => calls.lost(new Error('it hung')), 90_000);
    await calls.over;
    clearTimeout(late);
    return calls;
  };
  return async (written, method = 'GET') => {
    pieces = written;
    return [await over(own, method), await over(undici, method)];
  };
}

function write(socket: Socket, pieces: readonly string[]): void {
  const [piece, ...rest] = pieces;
  if (piece === undefined) return void socket.end();
  socket.write(piece, 'latin1');
  setImmediate(write, socket, rest);
}

/** undici gives what came twice as a list, and a single cookie alone. */
function plain(headers: Calls['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]),
  );
}

t.test('a good answer gives the same calls over undici and over ours', async (t) => {
  const both = await duel(t);
  for (const { what, bytes, method, status, body } of goodAnswers) {
    for (const pieces of [[bytes], [bytes.slice(0, 30), bytes.slice(30)], [...bytes].slice(0, 400)]) {
      if (pieces.join('') !== bytes) continue;
      const [own, undici] = await both(pieces, method);
      t.match(own, { status, body, error: undefined }, what);
      t.same(own.said, undici.said, what);
      t.equal(own.body, undici.body, what);
      t.equal(own.status, undici.status, what);
      t.same(plain(own.headers), plain(undici.headers), what);
    }
  }
});

t.test('recorded answers give the same calls over undici and over ours', async (t) => {
  const both = await duel(t);
  for (const file of listRecordings()
    .filter((name) => name.endsWith('.json'))
    .slice(0, 40)) {
    const body = readRecording(file).body.toString('latin1');
    const [own, undici] = await both([`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n`, body]);
    t.same(own.said, undici.said, file);
    t.ok(own.body === body && undici.body === body, file);
  }
});

/**
 * undici takes these for errors. To us 100 is interim as RFC 9110 §15.2 has it, two equal lengths are one, and what an
 * interim answer says of its connection does not matter, nor a blank behind a length.
 */
const LENIENT = [
  /HTTP\/1\.[01] 100/,
  /content-length: *(\d+) *\r\n(?:.*\r\n)*content-length: *\1 *\r\n/i,
  /content-length:[^\r]*[ \t]\r\n/i,
  /^HTTP\/1\.1 10[^]*connection: close[^]*HTTP\/1\.1 200/i,
];

t.test(
  'of answers changed by chance ours makes no more than undici, and never hangs',
  { timeout: 600_000 },
  async (t) => {
    const both = await duel(t);
    const below = chance(SEED).below;
    const seen = { both: 0, neither: 0, undici: 0 };
    for (let round = 0; round < ROUNDS; round++) {
      const { bytes: good, method } = goodAnswers[below(goodAnswers.length)] as (typeof goodAnswers)[number];
      const bytes = mutated(good, below);
      const at = below(bytes.length + 1);
      const [own, undici] = await both(
        below(3) === 0 ? [bytes.slice(0, at), bytes.slice(at)] : [bytes],
        method,
      );
      const said = JSON.stringify({ bytes, method });
      if (own.error?.message === 'it hung') t.fail(`ours hung: ${said}`);
      if (own.error) seen[undici.error ? 'neither' : 'undici']++;
      else if (undici.error && !LENIENT.some((one) => one.test(bytes)))
        t.fail(`only ours took it: ${said} (${undici.error.message})`);
      else if (!undici.error && (own.body !== undici.body || own.status !== undici.status))
        t.fail(
          `they read it differently: ${said}: ${JSON.stringify([own.status, own.body, undici.status, undici.body])}`,
        );
      else seen.both++;
      if (own.said.filter((what) => what === 'end' || what === 'lost').length !== 1)
        t.fail(`ended twice: ${said}`);
    }
    t.comment(JSON.stringify(seen));
    t.ok(seen.both > ROUNDS / 10 && seen.neither > ROUNDS / 10, 'chance made good ones and bad ones');
  },
);
